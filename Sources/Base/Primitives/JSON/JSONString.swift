/// Which characters of a JSON string are escaped besides those that must be.
public enum JSONEscapes: Sendable {
    /// None.
    case necessary
    /// Those that Go's `encoding/json` escapes for the sake of HTML and JavaScript (`<`, `>`, `&`, U+2028, U+2029);
    /// backspace and form feed have their short forms.
    case go
    /// Those of the same encoder where it leaves HTML alone.
    case goWithoutHTML
}

/// A text as a JSON string (RFC 8259, section 7), with its quotes.
public func quotedJSON(_ text: String, _ escapes: JSONEscapes = .necessary) -> String {
    var bytes: [UInt8] = []
    appendQuotedJSON(text, escapes, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

/// Writes ``quotedJSON(_:_:)`` in UTF-8 behind what `output` holds.
public func appendQuotedJSON(_ text: String, _ escapes: JSONEscapes = .necessary, to output: inout [UInt8]) {
    output.reserveCapacity(output.count + text.utf8.count + 2)
    output.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
        // What needs no escape is copied in runs.
        var start = 0
        for (index, byte) in bytes.enumerated() {
            var first = index
            let escape: String
            switch byte {
            case UInt8(ascii: "\""): escape = "\\\""
            case UInt8(ascii: "\\"): escape = "\\\\"
            case UInt8(ascii: "\n"): escape = "\\n"
            case UInt8(ascii: "\r"): escape = "\\r"
            case UInt8(ascii: "\t"): escape = "\\t"
            case 0x08 where escapes != .necessary: escape = "\\b"
            case 0x0c where escapes != .necessary: escape = "\\f"
            case 0..<0x20: escape = hexadecimalEscape(byte)
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
                if escapes != .go { continue }
                escape = hexadecimalEscape(byte)
            case 0xa8, 0xa9:
                // The last byte of U+2028 and U+2029, or of another character.
                guard escapes != .necessary, index >= 2, bytes[index - 2] == 0xe2, bytes[index - 1] == 0x80 else {
                    continue
                }
                first = index - 2
                escape = byte == 0xa8 ? "\\u2028" : "\\u2029"
            default: continue
            }
            output.append(contentsOf: bytes[start..<first])
            output += escape.utf8
            start = index + 1
        }
        output.append(contentsOf: bytes[start...])
    }
    output.append(UInt8(ascii: "\""))
}

/// `\u001f`.
private func hexadecimalEscape(_ byte: UInt8) -> String {
    (byte < 16 ? "\\u000" : "\\u00") + String(byte, radix: 16)
}
