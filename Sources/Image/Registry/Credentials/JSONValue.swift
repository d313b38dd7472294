internal import Primitives

/// A JSON document (RFC 8259) that keeps the order of members and the spelling of numbers, so that a file of somebody
/// else's can be written back with one member changed.
enum JSONValue: Hashable, Sendable {
    case object([Member])
    case array([JSONValue])
    case string(String)
    /// As it was spelled.
    case number(String)
    case boolean(Bool)
    case null

    struct Member: Hashable, Sendable {
        var name: String
        var value: JSONValue
    }

    /// What is wrong with a document, and where: a byte offset.
    struct Malformed: Error, Hashable {
        var offset: Int
    }

    init(parsing bytes: [UInt8]) throws(Malformed) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var members: [Member] { if case .object(let members) = self { members } else { [] } }

    /// A member of an object; setting nil removes it, a new one comes last.
    subscript(_ name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            var members = members
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// With one tab for each level, as docker writes its files.
    var indented: String {
        var text = ""
        write(to: &text, indent: "\n")
        return text
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .object(let members):
            Self.list(members, "{", "}", to: &text, indent) { member, text in
                text += quotedJSON(member.name) + ": "
                member.value.write(to: &text, indent: indent + "\t")
            }
        case .array(let elements):
            Self.list(elements, "[", "]", to: &text, indent) { $0.write(to: &$1, indent: indent + "\t") }
        case .string(let string): text += quotedJSON(string)
        case .number(let spelling): text += spelling
        case .boolean(let value): text += value ? "true" : "false"
        case .null: text += "null"
        }
    }

    private static func list<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String, _ indent: String,
        _ write: (Element, inout String) -> Void
    ) {
        text += open
        for (index, element) in elements.enumerated() {
            text += (index > 0 ? "," : "") + indent + "\t"
            write(element, &text)
        }
        text += (elements.isEmpty ? "" : indent) + close
    }
}
