internal import Primitives
import YAML

/// Compares a document with its shape and collects everything that is wrong.
struct Validation {
    let context: LoadContext
    /// Paths of the values that are wrong, as keys.
    private var wrong: [[String]] = []
    private var path: [String] = []

    init(context: LoadContext) {
        self.context = context
    }

    /// Reports what is wrong, and refuses it in the document.
    static func check(_ document: inout Mapping, context: LoadContext) {
        var validation = Validation(context: context)
        validation.mapping(document, Shapes.document, Mark())
        for path in validation.wrong { refuse(path[...], in: &document) }
    }

    private static func refuse(_ path: ArraySlice<String>, in mapping: inout Mapping) {
        guard let key = path.first, let position = mapping.position(of: key) else { return }
        refuse(path.dropFirst(), in: &mapping[position])
    }

    private static func refuse(_ path: ArraySlice<String>, in node: inout Node) {
        guard let key = path.first else {
            node.value = .refused
            return
        }
        if key.hasPrefix("["), let index = Int(key.dropFirst().dropLast()) {
            node.withSequence { items in
                if items.indices.contains(index) { refuse(path.dropFirst(), in: &items[index]) }
            }
        } else {
            node.withMapping { refuse(path, in: &$0) }
        }
    }

    private mutating func report(_ message: String, _ mark: Mark) {
        context.report(message, path: path, at: mark)
        if wrong.count < Self.refusedLimit { wrong.append(path) }
    }

    private static let refusedLimit = 10_000

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
                let guess = Spelling.suggestion(for: text, among: shape.values)
                report("\"\(text)\" is not one of \(shape.values.joined(separator: ", "))\(guess)", node.mark)
            }
            if let problem = shape.check?(text) { report(problem, node.mark) }
        case .timestamp(_, let typed):
            if shape.kinds != .any { report("a date must be put in quotes: \"\(typed)\"", node.mark) }
        case .sequence(let items):
            if expect(.list, shape, node) { list(items, shape) }
        case .refused: return
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
        let name = Self.name(shape.kinds)
        let guess = shape.kinds == .string ? writtenAsText(node) : ""
        report(
            node.isNull ? "is empty, must be \(name)" : "must be \(name), not \(node.kindName)\(guess)", node.mark)
        return false
    }

    /// How a number or boolean is written where text belongs.
    private func writtenAsText(_ node: Node) -> String {
        switch node.value {
        case .integer, .unsigned, .float:
            let isDuration = Self.durations.contains(path.last ?? "")
            return isDuration ? ": write \(node.text)s" : ": write \"\(node.text)\""
        case .bool: return ": write \"\(node.text)\""
        case .null, .string, .timestamp, .sequence, .mapping, .refused: return ""
        }
    }

    private static let durations: Set<String> = [
        "stop_grace_period", "interval", "timeout", "start_period", "start_interval", "delay", "window", "monitor",
    ]

    private static func name(_ kinds: Shape.Kinds) -> String {
        // Text is only taken because of variables there.
        let kinds =
            kinds.isSubset(of: [.boolean, .integer, .number, .string]) && kinds.count == 2
            ? kinds.subtracting(.string) : kinds
        let all: [(Shape.Kinds, String)] = [
            (.mapping, "a mapping"), (.list, "a list"), (.string, "text"), (.number, "a number"),
            (.integer, "an integer"), (.boolean, "a boolean"), (.null, "nothing"),
        ]
        let names = all.filter { kinds.contains($0.0) }.map(\.1)
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " or " + last
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
        for (position, item) in items.enumerated() where !item.isRefused {
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
                unknown(entry, shape)
            }
            path.removeLast()
        }
        for key in shape.required where !mapping.contains(key) && !context.isSpoiled(path + [key]) {
            report("\"\(key)\" is missing", mark)
        }
    }

    private mutating func unknown(_ entry: Mapping.Entry, _ shape: Shape) {
        if entry.value.isRefused { return }
        if context.problems.isFull { return context.countProblem() }
        if wrong.count < Self.refusedLimit { wrong.append(path) }
        let key = path.removeLast()
        defer { path.append(key) }
        if shape.named != nil {
            context.report(
                context.failure(
                    "\"\(key)\" is not an allowed name: use letters, digits, \".\", \"_\" and \"-\"",
                    path: joined(path),
                    at: entry.keyMark))
            context.spoil(path + [key])
            return
        }
        var message = "unknown attribute \"\(key.prefix(100))\""
        if let guess = Spelling.closest(to: key, among: shape.properties.keys) {
            message += ", did you mean \(guess)?"
            context.spoil(path + [guess])
        } else {
            if let place = Misplaced.place(of: entry, path: path) { message += ", \(place)" }
            // What is said to be missing here may be what was meant.
            context.spoil(path + [ProblemList.missing])
        }
        context.report(context.failure(message, path: joined(path), at: entry.keyMark))
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
