/// A JSON document (RFC 8259) that keeps the order of members and the spelling of numbers, so that a file of somebody
/// else's can be written back with one member changed, and what is printed has the order in which it was made.
public enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// As it is spelled: `1e3` is not `1000`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A name and its value. Nothing forbids a name to stand twice in an object; the first one counts.
    public struct Member: Hashable, Sendable {
        /// Without quotes and escapes.
        public var name: String
        /// Of any kind, `null` included.
        public var value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// A whole number.
    public static func number(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    /// An object of texts, sorted by name.
    public static func object(_ texts: [String: String]) -> JSONValue {
        .object(texts.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })
    }

    /// The text of a string; nil for everything else.
    public var text: String? { if case .string(let text) = self { text } else { nil } }
    /// A number that fits and has neither fraction nor exponent; nil for everything else.
    public var integer: Int64? { if case .number(let spelling) = self { Int64(spelling) } else { nil } }
    /// What an array holds; nothing for everything else.
    public var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    /// What an object holds; nothing for everything else.
    public var members: [Member] { if case .object(let members) = self { members } else { [] } }

    /// What an array of nothing but strings holds; nil for everything else.
    public var strings: [String]? {
        guard case .array(let elements) = self else { return nil }
        let texts = elements.compactMap(\.text)
        return texts.count == elements.count ? texts : nil
    }

    /// A member of an object. Setting nil removes it; a new one comes last, and makes an object of what was none.
    public subscript(_ name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            var members = members
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name, value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }
}

extension JSONValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .number(value) }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; its members keep their order.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
