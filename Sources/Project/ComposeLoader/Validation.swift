import YAML

/// Compares a document with its shape and collects everything that is wrong.
struct Validation {
    private static let problemLimit = 50

    let context: LoadContext
    private var problems: [Diagnostic] = []
    private var path: [String] = []

    init(context: LoadContext) {
        self.context = context
    }

    static func check(_ document: Mapping, context: LoadContext) throws(LoadFailure) {
        var validation = Validation(context: context)
        validation.mapping(document, Shapes.document, Mark())
        if !validation.problems.isEmpty { throw LoadFailure(validation.problems) }
    }

    private mutating func report(_ message: String, _ mark: Mark) {
        if problems.count < Self.problemLimit {
            problems.append(context.diagnostic(message, path: joined(path), at: mark))
        }
    }

    private mutating func value(_ node: Node, _ shape: Shape) {
        switch node.value {
        case .null: expect(.null, shape, node)
        case .bool: expect(.boolean, shape, node)
        case .integer(let number):
            guard expect([.integer, .number], shape, node) else { return }
            if let range = shape.range, !range.contains(number) { report(Self.outside(number, range), node.mark) }
        case .unsigned: expect([.integer, .number], shape, node)
        case .float(let number):
            expect(number == number.rounded() && number.isFinite ? [.integer, .number] : .number, shape, node)
        case .string(let text):
            guard expect(.string, shape, node) else { return }
            if !shape.values.isEmpty, !shape.values.contains(text) {
                report("\"\(text)\" is not one of \(shape.values.joined(separator: ", "))", node.mark)
            }
            if let problem = shape.check?(text) { report(problem, node.mark) }
        case .timestamp(let text):
            if shape.kinds != .any { report("a date must be put in quotes: \"\(text)\"", node.mark) }
        case .sequence(let items):
            if expect(.list, shape, node) { list(items, shape) }
        case .mapping(let entries):
            if expect(.mapping, shape, node) { mapping(entries, shape, node.mark) }
        }
    }

    private static func outside(_ number: Int64, _ range: ClosedRange<Int64>) -> String {
        if range.upperBound == Int64.max { return "\(number) must be \(range.lowerBound) or more" }
        return "\(number) must be between \(range.lowerBound) and \(range.upperBound)"
    }

    @discardableResult
    private mutating func expect(_ kinds: Shape.Kinds, _ shape: Shape, _ node: Node) -> Bool {
        if !shape.kinds.isDisjoint(with: kinds) { return true }
        report("must be \(Self.name(shape.kinds)), not \(node.kindName)", node.mark)
        return false
    }

    private static func name(_ kinds: Shape.Kinds) -> String {
        let names: [(Shape.Kinds, String)] = [
            (.mapping, "a mapping"), (.list, "a list"), (.boolean, "a boolean"), (.number, "a number"),
            (.integer, "an integer"), (.string, "text"), (.null, "nothing"),
        ]
        return names.filter { kinds.contains($0.0) }.map(\.1).joined(separator: " or ")
    }

    private mutating func list(_ items: [Node], _ shape: Shape) {
        if let below = shape.items {
            path.append("")
            for (position, item) in items.enumerated() {
                path[path.count - 1] = "[\(position)]"
                value(item, below)
            }
            path.removeLast()
        }
        guard shape.unique, items.count > 1 else { return }
        var seen: [String: Int] = [:]
        for (position, item) in items.enumerated() {
            if let first = seen.updateValue(position, forKey: Self.fingerprint(item)) {
                report("items \(first) and \(position) are equal", item.mark)
                return
            }
        }
    }

    /// A text that is the same for equal values only.
    private static func fingerprint(_ node: Node) -> String {
        switch node.value {
        case .string(let text): "\"" + text
        case .integer(let number): String(number)
        case .float(let number): NumberText.json(number)
        case .sequence(let items): "[" + items.map { fingerprint($0) }.joined(separator: "\u{0}") + "]"
        case .mapping(let mapping):
            "{"
                + mapping.entries.map { $0.key + "\u{1}" + fingerprint($0.value) }.sorted()
                .joined(separator: "\u{0}") + "}"
        default: "=" + node.text
        }
    }

    private mutating func mapping(_ mapping: Mapping, _ shape: Shape, _ mark: Mark) {
        for entry in mapping.entries {
            path.append(entry.key)
            if let below = shape.properties[entry.key] {
                value(entry.value, below)
            } else if let named = shape.named, Self.matches(entry.key, named.keys) {
                value(entry.value, named.shape)
            } else if !shape.open, !(shape.extensible && entry.key.hasPrefix("x-")) {
                path.removeLast()
                report(unknown(entry.key, shape), entry.keyMark)
                path.append(entry.key)
            }
            path.removeLast()
        }
        for key in shape.required where !mapping.contains(key) { report("\"\(key)\" is missing", mark) }
    }

    private func unknown(_ key: String, _ shape: Shape) -> String {
        if problems.count >= Self.problemLimit { return "" }
        if shape.named != nil {
            return "\"\(key)\" is no allowed name: use letters, digits, \".\", \"_\" and \"-\""
        }
        let message = "unknown attribute \"\(key)\""
        guard let guess = Spelling.closest(to: key, among: shape.properties.keys) else { return message }
        return "\(message), did you mean \(guess)?"
    }

    private static func matches(_ key: String, _ names: Shape.Names) -> Bool {
        guard !key.isEmpty else { return false }
        switch names {
        case .notEmpty: return true
        case .lowercase: return key.utf8.allSatisfy { $0 >= 97 && $0 <= 122 }
        case .identifier:
            return key.utf8.allSatisfy {
                $0 >= 48 && $0 <= 57 || $0 | 32 >= 97 && $0 | 32 <= 122 || $0 == 46 || $0 == 95 || $0 == 45
            }
        }
    }
}

/// Guesses what a misspelt word was meant to be.
enum Spelling {
    static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
        let limit = word.count <= 4 ? 1 : 2
        let scored = candidates.map { (candidate: $0, distance: distance(word.lowercased(), $0, limit: limit)) }
        return scored.filter { $0.distance <= limit }.min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?
            .candidate
    }

    /// Insertions, deletions, replacements; a hyphen for an underscore costs nothing.
    private static func distance(_ left: String, _ right: String, limit: Int) -> Int {
        let first = left.utf8.prefix(64).map { $0 == 45 ? 95 : $0 }
        let second = Array(right.utf8)
        if abs(first.count - second.count) > limit { return limit + 1 }
        var row = Array(0...second.count)
        for (position, byte) in first.enumerated() {
            var diagonal = row[0]
            row[0] = position + 1
            for (other, candidate) in second.enumerated() {
                let cost = diagonal + (byte == candidate ? 0 : 1)
                diagonal = row[other + 1]
                row[other + 1] = min(cost, diagonal + 1, row[other] + 1)
            }
        }
        return row[second.count]
    }
}
