internal import Primitives

/// The pieces of a template: text, and the words between `{{` and `}}`.
struct TemplatePieces: IteratorProtocol {
    enum Piece: Equatable {
        case text(String)
        case action([String])
    }

    private var pieces: [Piece] = []
    private var index = 0

    init(_ format: String) throws(CommandError) {
        var rest = Array(format)[...]
        var text = ""
        while !rest.isEmpty {
            guard rest.starts(with: "{{") else {
                text.append(rest.removeFirst())
                continue
            }
            pieces.append(.text(Self.unescaped(text)))
            text = ""
            rest = rest.dropFirst(2)
            pieces.append(.action(try Self.words(&rest)))
        }
        pieces.append(.text(Self.unescaped(text)))
    }

    mutating func next() -> Piece? {
        guard index < pieces.count else { return nil }
        defer { index += 1 }
        return pieces[index]
    }

    /// The words up to `}}`; quoted ones keep their first quote as a mark, `|` is a word.
    private static func words(_ rest: inout ArraySlice<Character>) throws(CommandError) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        while let character = rest.popFirst() {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "}", rest.first == "}" {
                rest.removeFirst()
                if !word.isEmpty { words.append(word) }
                return words
            } else if character == "\"" || character == "`" {
                quote = character
                word = "\""
            } else if character == " " || character == "|" {
                if !word.isEmpty { words.append(word) }
                word = ""
                if character == "|" { words.append("|") }
            } else {
                word.append(character)
            }
        }
        throw CommandError("template parsing error: unclosed action")
    }

    private static func unescaped(_ text: String) -> String {
        text.replacing("\\t", with: "\t").replacing("\\n", with: "\n")
    }
}

/// What stands in one action of a template: a function and its arguments, or a field, and pipes of them.
struct TemplateExpression {
    private let calls: [[String]]

    init(_ words: [String]) throws(CommandError) {
        calls = words.split(separator: "|", omittingEmptySubsequences: false).map(Array.init)
        if calls.contains(where: \.isEmpty) { throw CommandError("template parsing error: missing value for command") }
    }

    func value(of root: JSONValue) throws(CommandError) -> JSONValue {
        var piped: JSONValue?
        for words in calls {
            var arguments: [JSONValue] = []
            let isFunction = Self.functions.contains(words[0])
            for word in isFunction ? words.dropFirst() : words[...] { arguments.append(try Self.argument(word, root)) }
            if let piped { arguments.append(piped) }
            if isFunction {
                piped = try Self.call(words[0], arguments)
            } else if arguments.count == 1 {
                piped = arguments[0]
            } else {
                throw CommandError(
                    "template parsing error: function \"\(words[0])\" not defined",
                    hint: "the known ones are \(Self.functions.sorted().joined(separator: ", "))")
            }
        }
        return piped ?? .null
    }

    private static let functions: Set<String> = ["index", "join", "json", "len", "lower", "println", "upper"]

    private static func argument(_ word: String, _ root: JSONValue) throws(CommandError) -> JSONValue {
        if word.hasPrefix("\"") { return .string(String(word.dropFirst())) }
        if let number = Int64(word) { return .number(number) }
        guard word.hasPrefix(".") || word.hasPrefix("$.") else {
            throw CommandError("template parsing error: function \"\(word)\" not defined")
        }
        var value = root
        for name in word.split(separator: ".").map(String.init) where name != "$" {
            guard case .object(let members) = value else {
                let text = value.templateText.prefix(80)
                throw CommandError("template: \"\(word)\": there is no field \"\(name)\" in \(text)")
            }
            guard let member = value[name] else {
                throw CommandError(
                    "template: \"\(word)\": there is no field \"\(name)\"",
                    hint: "the known ones are \(members.map(\.name).sorted().joined(separator: ", "))")
            }
            value = member
        }
        return value
    }

    private static func call(_ name: String, _ arguments: [JSONValue]) throws(CommandError) -> JSONValue {
        switch (name, arguments.count) {
        case ("json", 1): return .string(arguments[0].description)
        case ("upper", 1): return .string(arguments[0].templateText.uppercased())
        case ("lower", 1): return .string(arguments[0].templateText.lowercased())
        case ("println", _): return .string(arguments.map(\.templateText).joined(separator: " ") + "\n")
        case ("len", 1):
            switch arguments[0] {
            case .array(let values): return .number(values.count)
            case .object(let members): return .number(members.count)
            default: return .number(arguments[0].templateText.utf8.count)
            }
        case ("join", 2):
            guard case .array(let values) = arguments[0] else { break }
            return .string(values.map(\.templateText).joined(separator: arguments[1].templateText))
        case ("index", 2...):
            var found = arguments[0]
            for key in arguments.dropFirst() { found = try element(of: found, key) }
            return found
        default: break
        }
        throw CommandError("template: wrong arguments for \"\(name)\"")
    }

    private static func element(of value: JSONValue, _ key: JSONValue) throws(CommandError) -> JSONValue {
        switch (value, key) {
        case (.array(let values), .number):
            if let index = key.integer, values.indices.contains(Int(clamping: index)) {
                return values[Int(clamping: index)]
            }
        case (.object, .string(let name)): return value[name] ?? ""
        default: break
        }
        throw CommandError("template: error calling index: index out of range: \(key.templateText)")
    }
}
