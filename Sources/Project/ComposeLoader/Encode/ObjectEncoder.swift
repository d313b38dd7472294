import ComposeModel
internal import Primitives

/// Which of docker compose's two renderings of the model is wanted; they leave out different things.
enum OutputForm {
    case yaml, json
}

/// Collects the attributes of an object; what is not set is left out.
struct ObjectEncoder {
    let form: OutputForm
    private(set) var entries: [OutputValue.Entry] = []

    init(_ form: OutputForm) {
        self.form = form
    }

    var value: OutputValue { .mapping(entries) }

    mutating func add(_ key: String, _ value: OutputValue?) {
        if let value { entries.append(.init(key, value)) }
    }

    mutating func add(_ key: String, _ text: String?) {
        if let text, !text.isEmpty { entries.append(.init(key, .string(text))) }
    }

    mutating func add(_ key: String, _ number: Int64?) { add(key, number.map { .integer($0) }) }

    mutating func add(_ key: String, single number: Double?) { add(key, number.map { .number($0, single: true) }) }

    /// Bytes are printed as text.
    mutating func add(_ key: String, bytes: Int64?) { add(key, bytes.map { .string(String($0)) }) }

    mutating func add(_ key: String, duration: Duration?) {
        add(key, duration.map { .string($0.text) })
    }

    mutating func add(_ key: String, flag: Bool) {
        if flag { entries.append(.init(key, .bool(true))) }
    }

    mutating func add(_ key: String, optional: Bool?) { add(key, optional.map { .bool($0) }) }

    mutating func add(_ key: String, _ texts: [String]) {
        if !texts.isEmpty { entries.append(.init(key, .strings(texts))) }
    }

    mutating func add(_ key: String, _ values: [String: String]) {
        if !values.isEmpty { entries.append(.init(key, sorted(values.map { .init($0.key, .string($0.value)) }))) }
    }

    mutating func add(_ key: String, _ values: [String: String?]) {
        guard !values.isEmpty else { return }
        entries.append(.init(key, sorted(values.map { .init($0.key, $0.value.map { .string($0) } ?? .null) })))
    }

    mutating func add<Item>(_ key: String, list items: [Item], _ encode: (Item, OutputForm) -> OutputValue) {
        if !items.isEmpty { entries.append(.init(key, .list(items.map { encode($0, form) }))) }
    }

    mutating func add<Item>(_ key: String, map items: [String: Item], _ encode: (Item, OutputForm) -> OutputValue) {
        guard !items.isEmpty else { return }
        entries.append(.init(key, sorted(items.map { .init($0.key, encode($0.value, form)) })))
    }

    mutating func add<Item>(_ key: String, object: Item?, _ encode: (Item, OutputForm) -> OutputValue) {
        if let object { entries.append(.init(key, encode(object, form))) }
    }

    /// A part that is always there: in JSON it is printed even when it says nothing.
    mutating func add<Item>(_ key: String, part: Item, _ encode: (Item, OutputForm) -> OutputValue) {
        let encoded = encode(part, form)
        if case .mapping(let entries) = encoded, entries.isEmpty, form == .yaml { return }
        entries.append(.init(key, encoded))
    }

    /// A command: nil is left out in YAML and `null` in JSON.
    mutating func add(_ key: String, command: [String]?) {
        if let command {
            entries.append(.init(key, .strings(command)))
        } else if form == .json {
            entries.append(.init(key, .null))
        }
    }

    /// `HOST=IP`.
    mutating func add(_ key: String, hosts: [String: [String]]) {
        add(key, hosts.flatMap { host, addresses in addresses.map { "\(host)=\($0)" } }.sorted())
    }

    /// Only YAML shows them.
    mutating func add(_ extensions: Extensions) {
        guard form == .yaml, !extensions.isEmpty else { return }
        for (key, value) in extensions.sorted(by: { KeyOrder.precedes($0.key, $1.key) }) {
            entries.append(.init(key, OutputValue(value)))
        }
    }

    func sorted(_ keys: some Collection<String>) -> [String] {
        keys.sorted { form == .yaml ? KeyOrder.precedes($0, $1) : $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// JSON orders keys by their bytes.
    func sorted(_ entries: [OutputValue.Entry]) -> OutputValue {
        form == .yaml
            ? .sorted(entries) : .mapping(entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    }
}
