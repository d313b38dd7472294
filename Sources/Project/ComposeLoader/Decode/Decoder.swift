import ComposeModel
internal import Primitives
import YAML

/// How the attributes of an object are read: a setter for each key.
typealias Attributes<Object> = [String: @Sendable (inout Object, Node, Decoder) throws(LoadFailure) -> Void]

/// Reads a canonical document into the model.
final class Decoder {
    let context: LoadContext
    private var path: [String] = []

    init(context: LoadContext) {
        self.context = context
    }

    func failure(_ message: String, _ node: Node) -> LoadFailure {
        context.failure(message, path: joined(path), at: node.mark)
    }

    /// Runs `body` one level deeper; if it fails, that is reported, and the result is nil.
    @discardableResult
    private func at<Result>(_ key: String, _ body: () throws(LoadFailure) -> Result) -> Result? {
        let depth = path.count
        path.append(key)
        defer { path.removeLast(path.count - depth) }
        do {
            return try body()
        } catch {
            context.report(error)
            context.spoil(path)
            return nil
        }
    }

    /// Fills `object` from a mapping; keys that are null are left out.
    func fill<Object>(
        _ object: inout Object, from node: Node, _ attributes: Attributes<Object>,
        extensions: WritableKeyPath<Object, Extensions>?
    ) throws(LoadFailure) {
        guard let mapping = node.mapping else {
            if node.isNull { return }
            throw failure("must be a mapping, not \(node.kindName)", node)
        }
        for entry in mapping.entries {
            if let extensions, entry.key.hasPrefix("x-") {
                object[keyPath: extensions][entry.key] = Self.value(entry.value)
                continue
            }
            guard let attribute = attributes[entry.key], !entry.value.isNull, !entry.value.isRefused else { continue }
            at(entry.key) { () throws(LoadFailure) in try attribute(&object, entry.value, self) }
        }
    }

    /// Every item of a list.
    func list<Item>(
        _ node: Node, _ body: (Node) throws(LoadFailure) -> Item
    ) throws(LoadFailure) -> [Item] {
        guard let items = node.sequence else {
            if node.isNull { return [] }
            throw failure("must be a list, not \(node.kindName)", node)
        }
        var result: [Item] = []
        result.reserveCapacity(items.count)
        for (position, item) in items.enumerated() {
            if item.isRefused { continue }
            if let value = at("[\(position)]", { () throws(LoadFailure) in try body(item) }) { result.append(value) }
        }
        return result
    }

    /// Every value of a mapping.
    func map<Item>(
        _ node: Node, _ body: (String, Node) throws(LoadFailure) -> Item
    ) throws(LoadFailure) -> [String: Item] {
        guard let mapping = node.mapping else {
            if node.isNull { return [:] }
            throw failure("must be a mapping, not \(node.kindName)", node)
        }
        var result: [String: Item] = [:]
        result.reserveCapacity(mapping.count)
        for entry in mapping.entries where !entry.value.isRefused {
            if let value = at(entry.key, { () throws(LoadFailure) in try body(entry.key, entry.value) }) {
                result[entry.key] = value
            }
        }
        return result
    }

    static func value(_ node: Node) -> ConfigValue {
        switch node.value {
        case .null, .refused: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .unsigned(let value): .unsigned(value)
        case .float(let value): .float(value)
        case .string(let value), .timestamp(let value, _): .string(value)
        case .sequence(let items): .list(items.map { value($0) })
        case .mapping(let mapping):
            .mapping(Dictionary(uniqueKeysWithValues: mapping.entries.map { ($0.key, value($0.value)) }))
        }
    }

    // MARK: Scalars

    func text(_ node: Node) throws(LoadFailure) -> String {
        switch node.value {
        case .string(let text): return text
        case .integer(let number): return String(number)
        default: throw failure("must be text, not \(node.kindName)", node)
        }
    }

    func boolean(_ node: Node) throws(LoadFailure) -> Bool {
        switch node.value {
        case .bool(let value): return value
        case .string(let text):
            if let value = Casting.boolean(text, warn: context.warn) { return value }
            throw failure("\"\(text)\" is not a boolean, use true or false", node)
        default: throw failure("must be a boolean, not \(node.kindName)", node)
        }
    }

    func integer(_ node: Node) throws(LoadFailure) -> Int64 {
        switch node.value {
        case .integer(let value): return value
        case .float(let value):
            guard value.magnitude < 9e18 else { throw failure("\(node.text) is too large", node) }
            return Int64(value)
        case .string(let text):
            if let value = Casting.integer(text) { return value }
            throw failure("\"\(text)\" is not an integer", node)
        case .unsigned: throw failure("\(node.text) is too large", node)
        default: throw failure("must be an integer, not \(node.kindName)", node)
        }
    }

    func number(_ node: Node) throws(LoadFailure) -> Double {
        switch node.value {
        case .integer(let value): return Double(value)
        case .unsigned(let value): return Double(value)
        case .float(let value): return value
        case .string(let text):
            if let value = Casting.float(text) { return value }
            throw failure("\"\(text)\" is not a number", node)
        default: throw failure("must be a number, not \(node.kindName)", node)
        }
    }

    func size(_ node: Node) throws(LoadFailure) -> Int64 {
        switch node.value {
        case .integer(let value): return value
        case .float: return 0
        case .unsigned: throw failure("\(node.text) is too large", node)
        default:
            let text = try text(node)
            return try grammar(node) { () throws(GrammarError) in try ByteCount(parsing: text).bytes }
        }
    }

    /// - Parameter negative: whether it may be less than nothing.
    func duration(_ node: Node, negative: Bool = true) throws(LoadFailure) -> Duration {
        let value = try grammar(node) { () throws(GrammarError) in try Duration(parsing: node.text) }
        if !negative, value < .zero { throw failure("\"\(node.text)\" must not be negative", node) }
        return value
    }

    /// What a parser of a little language finds wrong, at the node's place.
    private func grammar<Value>(
        _ node: Node, _ parse: () throws(GrammarError) -> Value
    ) throws(LoadFailure) -> Value {
        do throws(GrammarError) {
            return try parse()
        } catch {
            throw failure(error.description, node)
        }
    }

    // MARK: Lists and mappings of text

    func strings(_ node: Node) throws(LoadFailure) -> [String] {
        if case .string(let text) = node.value { return [text] }
        return try list(node) { item throws(LoadFailure) in try self.text(item) }
    }

    func scalars(_ node: Node) throws(LoadFailure) -> [String] {
        if node.sequence == nil { return [node.text] }
        return try list(node) { $0.text }
    }

    /// `KEY=VALUE` as list or mapping; a key without a value is nil.
    func variables(_ node: Node) throws(LoadFailure) -> [String: String?] {
        var result: [String: String?] = [:]
        if let mapping = node.mapping {
            result.reserveCapacity(mapping.count)
            for entry in mapping.entries {
                result.updateValue(entry.value.isNull ? nil : entry.value.text, forKey: entry.key)
            }
            return result
        }
        for item in node.sequence ?? [] where !item.isRefused {
            let text = item.text
            let (key, value) = text.cut("=").map { ($0.0, $0.1 as String?) } ?? (text, nil)
            if key.last?.isWhitespace == true {
                throw failure("variable \"\(key)\" ends with a space", item)
            }
            result.updateValue(value, forKey: key)
        }
        return result
    }

    /// The same where a key without a value is an empty one.
    func mapping(_ node: Node) throws(LoadFailure) -> [String: String] {
        var result: [String: String] = [:]
        if let mapping = node.mapping {
            result.reserveCapacity(mapping.count)
            for entry in mapping.entries { result[entry.key] = entry.value.text }
            return result
        }
        for item in node.sequence ?? [] {
            let (key, value) = item.text.cut("=") ?? (item.text, "")
            result[key] = value
        }
        return result
    }

    func command(_ node: Node) throws(LoadFailure) -> [String] {
        guard let text = node.string else { return try strings(node) }
        return try grammar(node) { () throws(GrammarError) in try ShellWords.split(text) }
    }

    /// `HOST=IP`, `HOST:IP` or a mapping.
    func hosts(_ node: Node) throws(LoadFailure) -> [String: [String]] {
        if node.mapping != nil {
            return try map(node) { _, value throws(LoadFailure) in
                try self.strings(value).map { Self.withoutBrackets($0) }
            }
        }
        var result: [String: [String]] = [:]
        for item in node.sequence ?? [] where !item.isRefused {
            guard let (host, address) = item.text.cut("=") ?? item.text.cut(":"), !host.isEmpty else {
                throw failure("\"\(item.text)\" must be HOST=IP", item)
            }
            result[host, default: []].append(Self.withoutBrackets(address))
        }
        return result
    }

    private static func withoutBrackets(_ address: String) -> String {
        address.hasPrefix("[") && address.hasSuffix("]") ? String(address.dropFirst().dropLast()) : address
    }
}
