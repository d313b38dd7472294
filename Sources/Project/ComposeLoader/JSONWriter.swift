/// Prints JSON.
struct JSONWriter {
    /// Nested values are indented by two spaces, or all is on one line.
    let indented: Bool
    /// Mappings in the byte order of their keys; else in their own.
    private(set) var output: [UInt8] = []

    static func text(_ value: OutputValue, indented: Bool = true) -> String {
        var writer = JSONWriter(indented: indented)
        writer.write(value, depth: 0)
        return String(decoding: writer.output, as: UTF8.self)
    }

    init(indented: Bool) {
        self.indented = indented
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { output += $0 }
    }

    private mutating func newLine(_ depth: Int) {
        guard indented else { return }
        output.append(10)
        for _ in 0..<depth { append("  ") }
    }

    private mutating func write(_ value: OutputValue, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(true): append("true")
        case .bool(false): append("false")
        case .integer(let number): output += String(number).utf8
        case .unsigned(let number): output += String(number).utf8
        case .number(let number, let single):
            output += (number.isFinite ? NumberText.json(number, singlePrecision: single) : "null").utf8
        case .string(let text): write(text)
        case .list(let items):
            append("[")
            for (index, item) in items.enumerated() {
                if index > 0 { append(",") }
                newLine(depth + 1)
                write(item, depth: depth + 1)
            }
            if !items.isEmpty { newLine(depth) }
            append("]")
        case .mapping(let entries):
            append("{")
            for (index, entry) in entries.enumerated() {
                if index > 0 { append(",") }
                newLine(depth + 1)
                write(entry.key)
                if indented { append(": ") } else { append(":") }
                write(entry.value, depth: depth + 1)
            }
            if !entries.isEmpty { newLine(depth) }
            append("}")
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private mutating func write(_ text: String) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "\""): append("\\\"")
                case UInt8(ascii: "\\"): append("\\\\")
                case 8: append("\\b")
                case 9: append("\\t")
                case 10: append("\\n")
                case 12: append("\\f")
                case 13: append("\\r")
                case 0..<32, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
                    append("\\u00")
                    output += [Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
                case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xFE == 0xA8:
                    output += bytes[index + 2] == 0xA8 ? "\\u2028".utf8 : "\\u2029".utf8
                case 0x80 where Self.isSeparator(bytes, index - 1), 0xA8 where Self.isSeparator(bytes, index - 2),
                    0xA9 where Self.isSeparator(bytes, index - 2):
                    continue
                default: output.append(byte)
                }
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Whether U+2028 or U+2029 starts at `index`.
    private static func isSeparator(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        index >= 0 && index + 2 < bytes.count && bytes[index] == 0xE2 && bytes[index + 1] == 0x80
            && bytes[index + 2] & 0xFE == 0xA8
    }
}
