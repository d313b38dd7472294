/// JSON strings (RFC 8259) without a coder.
public enum JSONText {
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

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
