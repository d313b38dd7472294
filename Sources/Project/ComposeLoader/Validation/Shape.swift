/// What a value may look like. The shapes of all attributes are in `Shapes`.
final class Shape: Sendable {
    struct Kinds: OptionSet, Sendable {
        let rawValue: Int

        static let null = Kinds(rawValue: 1)
        static let boolean = Kinds(rawValue: 2)
        static let integer = Kinds(rawValue: 4)
        static let number = Kinds(rawValue: 8)
        static let string = Kinds(rawValue: 16)
        static let list = Kinds(rawValue: 32)
        static let mapping = Kinds(rawValue: 64)
        static let any = Kinds(rawValue: 127)

        var count: Int { rawValue.nonzeroBitCount }
    }

    /// Which keys `named` takes.
    enum Names: Sendable {
        /// Letters, digits, `.`, `_`, `-`.
        case identifier
        /// Lower-case letters.
        case lowercase
        case notEmpty
    }

    let kinds: Kinds
    /// Of a mapping.
    let properties: [String: Shape]
    let required: [String]
    let named: (keys: Names, shape: Shape)?
    /// Keys `x-…` may hold anything.
    let extensible: Bool
    /// Other keys may hold anything.
    let open: Bool
    /// Of a list.
    let items: Shape?
    let unique: Bool
    /// Of a text.
    let values: [String]
    let check: (@Sendable (String) -> String?)?
    /// Of an integer.
    let range: ClosedRange<Int64>?

    init(
        _ kinds: Kinds, properties: [String: Shape] = [:], required: [String] = [],
        named: (keys: Names, shape: Shape)? = nil, extensible: Bool = false, open: Bool = false,
        items: Shape? = nil, unique: Bool = false, values: [String] = [],
        check: (@Sendable (String) -> String?)? = nil, range: ClosedRange<Int64>? = nil
    ) {
        self.kinds = kinds
        self.properties = properties
        self.required = required
        self.named = named
        self.extensible = extensible
        self.open = open
        self.items = items
        self.unique = unique
        self.values = values
        self.check = check
        self.range = range
    }

    /// A mapping with these keys and `x-…`.
    static func object(
        _ properties: [String: Shape], required: [String] = [], extensible: Bool = true, also kinds: Kinds = []
    ) -> Shape {
        Shape(kinds.union(.mapping), properties: properties, required: required, extensible: extensible)
    }

    static func list(_ items: Shape, unique: Bool = false, also kinds: Kinds = []) -> Shape {
        Shape(kinds.union(.list), items: items, unique: unique)
    }

    static func map(_ keys: Names, _ shape: Shape, open: Bool = false, also kinds: Kinds = []) -> Shape {
        Shape(kinds.union(.mapping), named: (keys, shape), open: open)
    }

    static func choice(_ values: String...) -> Shape { Shape(.string, values: values) }

    static func integer(_ range: ClosedRange<Int64>) -> Shape { Shape([.integer, .string], range: range) }
}
