internal import Primitives

/// As Go's text/template sees a value that was decoded from JSON.
extension JSONValue {
    /// As it prints it: the members of an object by name.
    var templateText: String {
        switch self {
        case .null: "<no value>"
        case .boolean(let value): "\(value)"
        case .number(let spelling): spelling
        case .string(let value): value
        case .array(let values): "[\(values.map(\.templateText).joined(separator: " "))]"
        case .object(let members):
            "map[\(members.sorted { $0.name < $1.name }.map(Self.templateMember).joined(separator: " "))]"
        }
    }

    private static func templateMember(_ member: Member) -> String { "\(member.name):\(member.value.templateText)" }

    /// What an `if` takes for true.
    var isTrue: Bool {
        switch self {
        case .null: false
        case .boolean(let value): value
        case .number(let spelling): Double(spelling) != 0
        case .string(let value): !value.isEmpty
        case .array(let values): !values.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    /// What a `range` goes through.
    var items: [JSONValue] {
        switch self {
        case .array(let values): values
        case .object(let members): members.sorted { $0.name < $1.name }.map(\.value)
        case .null, .boolean, .number, .string: []
        }
    }
}

/// A template in the part of Go's text/template that `--format` of docker's inspect commands is used with: fields
/// (`{{.Config.Env}}`), `json`, `index`, `len`, `join`, `upper`, `lower`, `println`, pipes, `range` and `if`.
struct ValueTemplate {
    private indirect enum Node {
        case text(String)
        case value(TemplateExpression)
        case range(TemplateExpression, [Node], otherwise: [Node])
        case condition(TemplateExpression, [Node], otherwise: [Node])
    }

    private let nodes: [Node]

    init(_ format: String) throws(CommandError) {
        var pieces = try TemplatePieces(format)
        nodes = try Self.block(&pieces, ends: []).nodes
    }

    func fill(_ value: JSONValue) throws(CommandError) -> String { try Self.fill(nodes, value) }

    private static func block(
        _ pieces: inout TemplatePieces, ends: Set<String>
    ) throws(CommandError) -> (nodes: [Node], end: String) {
        var nodes: [Node] = []
        while let piece = pieces.next() {
            guard case .action(let words) = piece else {
                if case .text(let text) = piece { nodes.append(.text(text)) }
                continue
            }
            switch words.first ?? "" {
            case "range", "if":
                let expression = try TemplateExpression(Array(words.dropFirst()))
                let (body, end) = try block(&pieces, ends: ["end", "else"])
                let otherwise = end == "else" ? try block(&pieces, ends: ["end"]).nodes : []
                nodes.append(
                    words[0] == "if"
                        ? .condition(expression, body, otherwise: otherwise)
                        : .range(expression, body, otherwise: otherwise))
            case let word where ends.contains(word) && words.count == 1: return (nodes, word)
            default: nodes.append(.value(try TemplateExpression(words)))
            }
        }
        if !ends.isEmpty { throw CommandError("template parsing error: {{end}} is missing") }
        return (nodes, "")
    }

    private static func fill(_ nodes: [Node], _ value: JSONValue) throws(CommandError) -> String {
        var text = ""
        for node in nodes {
            switch node {
            case .text(let plain): text += plain
            case .value(let expression): text += try expression.value(of: value).templateText
            case .condition(let expression, let body, let otherwise):
                text += try fill(expression.value(of: value).isTrue ? body : otherwise, value)
            case .range(let expression, let body, let otherwise):
                let items = try expression.value(of: value).items
                if items.isEmpty { text += try fill(otherwise, value) }
                for item in items { text += try fill(body, item) }
            }
        }
        return text
    }
}
