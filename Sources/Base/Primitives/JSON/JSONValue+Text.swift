extension JSONValue: CustomStringConvertible {
    /// On one line without white space.
    public var description: String { text(.necessary) }

    /// On one line without white space, with these escapes in strings.
    public func text(_ escapes: JSONEscapes) -> String {
        var text = ""
        write(to: &text, indent: "", line: nil, escapes)
        return text
    }

    /// One member or element on each line, with `indent` for each level: a tab as docker writes its files, two spaces
    /// as it prints. Empty arrays and objects are `[]` and `{}`.
    public func indented(by indent: String) -> String {
        var text = ""
        write(to: &text, indent: indent, line: "\n", .necessary)
        return text
    }

    /// - Parameter line: the line end and the indentation of this value's line; nil puts everything on one line.
    private func write(to text: inout String, indent: String, line: String?, _ escapes: JSONEscapes) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .number(let spelling): text += spelling
        case .string(let string): text += quotedJSON(string, escapes)
        case .array(let elements):
            Self.list(elements, "[", "]", to: &text, indent, line) { element, text, line in
                element.write(to: &text, indent: indent, line: line, escapes)
            }
        case .object(let members):
            Self.list(members, "{", "}", to: &text, indent, line) { member, text, line in
                text += quotedJSON(member.name, escapes) + (line == nil ? ":" : ": ")
                member.value.write(to: &text, indent: indent, line: line, escapes)
            }
        }
    }

    private static func list<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String, _ indent: String,
        _ line: String?, _ write: (Element, inout String, String?) -> Void
    ) {
        let inner = line.map { $0 + indent }
        text += open
        for (index, element) in elements.enumerated() {
            text += (index > 0 ? "," : "") + (inner ?? "")
            write(element, &text, inner)
        }
        text += (elements.isEmpty ? "" : line ?? "") + close
    }
}
