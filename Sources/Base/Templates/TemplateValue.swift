public import Primitives

/// A value as a template sees it, with the kinds that make a difference in Go's text/template.
public enum TemplateValue: Sendable {
    /// No value at all, such as a name that a map does not hold: printed as `<no value>`.
    case none
    case boolean(Bool)
    /// Go's `int` and what else is whole.
    case integer(Int64)
    /// Go's `float64`.
    case float(Double)
    case string(String)
    /// A slice; `type` is what Go calls it: `[]string`.
    case list([TemplateValue], type: String)
    case map(TemplateMap)
    case structure(TemplateStructure)

    /// Texts in a row, `[]string`.
    public static func strings(_ texts: [String]) -> TemplateValue {
        .list(texts.map { .string($0) }, type: "[]string")
    }

    /// A document as Go decodes it without knowing its shape: its objects are maps whose keys must be there.
    ///
    /// - Parameter maps: Names of members that hold any keys, such as `Labels`: there, a missing one is no error.
    public init(_ json: JSONValue, maps: Set<String> = []) {
        self.init(json, maps: maps, keysMustExist: true)
    }

    private init(_ json: JSONValue, maps: Set<String>, keysMustExist: Bool) {
        switch json {
        case .null: self = .none
        case .boolean(let value): self = .boolean(value)
        case .number(let spelling):
            self = Int64(spelling).map { .integer($0) } ?? Double(spelling).map { .float($0) } ?? .string(spelling)
        case .string(let text): self = .string(text)
        case .array(let elements):
            self = .list(
                elements.map { TemplateValue($0, maps: maps) },
                type: json.strings == nil ? "[]interface {}" : "[]string")
        case .object(let members):
            let values = members.map {
                ($0.name, TemplateValue($0.value, maps: maps, keysMustExist: !maps.contains($0.name)))
            }
            let unique = Dictionary(values) { first, _ in first }
            self = .map(TemplateMap(unique, keysMustExist: keysMustExist))
        }
    }
}

/// A map with texts for keys.
public struct TemplateMap: Sendable {
    /// Printed and gone through in the order of their names.
    public var members: [String: TemplateValue]
    /// `.Name` of what it does not hold is an error and not `<no value>`: `missingkey=error`.
    public var keysMustExist: Bool
    /// As those of ``TemplateStructure``.
    public var methods: [String: @Sendable (String) -> String]

    public init(
        _ members: [String: TemplateValue], keysMustExist: Bool = false,
        methods: [String: @Sendable (String) -> String] = [:]
    ) {
        self.members = members
        self.keysMustExist = keysMustExist
        self.methods = methods
    }

    /// Members in their order.
    var sorted: [(name: String, value: TemplateValue)] {
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { (name: $0.key, value: $0.value) }
    }

    /// What Go calls it, as far as the values tell.
    var type: String {
        let isText = members.values.allSatisfy { if case .string = $0 { true } else { false } }
        return isText && (!members.isEmpty || !keysMustExist) ? "map[string]string" : "map[string]interface {}"
    }
}

/// A struct: its fields have an order, and `.Name` of what it has not is an error.
public struct TemplateStructure: Sendable {
    /// What Go calls it, for errors: `api.PortPublisher`. One with `*` in front has methods for fields.
    public var type: String
    /// In the order in which they are printed.
    public var fields: [(name: String, value: TemplateValue)]
    /// Methods that take a text, such as `.Label "x"`. They stand in no JSON.
    public var methods: [String: @Sendable (String) -> String]

    public init(
        _ type: String, _ fields: [(name: String, value: TemplateValue)],
        methods: [String: @Sendable (String) -> String] = [:]
    ) {
        self.type = type
        self.fields = fields
        self.methods = methods
    }

    /// The value of a field; nil without such a field.
    public subscript(_ name: String) -> TemplateValue? { fields.first { $0.name == name }?.value }

    var hasMethodsForFields: Bool { type.hasPrefix("*") }
}

extension TemplateValue {
    /// What Go calls its type: `%T`.
    var typeName: String {
        switch self {
        case .none: "<nil>"
        case .boolean: "bool"
        case .integer: "int"
        case .float: "float64"
        case .string: "string"
        case .list(_, let type): type
        case .map(let map): map.type
        case .structure(let structure): structure.type
        }
    }

    /// What `if` takes for true: what is not zero, not empty and not missing.
    var isTrue: Bool {
        switch self {
        case .none: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .string(let text): !text.isEmpty
        case .list(let elements, _): !elements.isEmpty
        case .map(let map): !map.members.isEmpty
        case .structure: true
        }
    }

    /// As `json` writes it; members in their order.
    public var json: JSONValue {
        switch self {
        case .none: .null
        case .boolean(let value): .boolean(value)
        case .integer(let value): .number(value)
        case .float(let value): .number(jsonText(value))
        case .string(let text): .string(text)
        case .list(let elements, _): .array(elements.map(\.json))
        case .map(let map): .object(map.sorted.map { JSONValue.Member($0.name, $0.value.json) })
        case .structure(let structure): .object(structure.fields.map { JSONValue.Member($0.name, $0.value.json) })
        }
    }
}
