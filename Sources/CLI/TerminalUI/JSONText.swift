internal import Primitives

/// JSON strings (RFC 8259) without a coder.
public enum JSONText {
    public static func quoted(_ text: String) -> String { quotedJSON(text) }

    /// A value that is printed in the order in which it was made.
    public indirect enum Value: Sendable {
        case string(String)
        /// `true`, a number: as it stands.
        case literal(String)
        case array([Value])
        case object([(String, Value)])

        /// Indented by two spaces for each level.
        public func text(indent: String = "") -> String {
            let inner = indent + "  "
            switch self {
            case .string(let text): return JSONText.quoted(text)
            case .literal(let text): return text
            case .array(let values):
                let lines = values.map { inner + $0.text(indent: inner) }
                return lines.isEmpty ? "[]" : "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
            case .object(let members):
                let lines = members.map { "\(inner)\(JSONText.quoted($0.0)): \($0.1.text(indent: inner))" }
                return lines.isEmpty ? "{}" : "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
            }
        }
    }
}
