/// Prints JSON.
struct JSONWriter {
    /// Nested values are indented by two spaces, or all is on one line.
    let indented: Bool
    private var output: TextPieces

    /// On one line.
    static func compact(_ value: OutputValue) -> [UInt8] {
        var text: [UInt8] = []
        withoutActuallyEscaping({ text.append(contentsOf: $0) }) { sink in
            var writer = JSONWriter(indented: false, output: TextPieces(doublingDollars: false, sink: sink))
            writer.write(value, depth: 0)
            writer.output.flush()
        }
        return text
    }

    static func write(_ value: OutputValue, to output: inout TextPieces) {
        var writer = JSONWriter(indented: true, output: output)
        writer.write(value, depth: 0)
        output = writer.output
    }

    private mutating func newLine(_ depth: Int) {
        guard indented else { return }
        output.append("\n")
        for _ in 0..<depth { output.append("  ") }
    }

    private mutating func write(_ value: OutputValue, depth: Int) {
        switch value {
        case .null: output.append("null")
        case .bool(true): output.append("true")
        case .bool(false): output.append("false")
        case .integer(let number): output.append(String(number))
        case .unsigned(let number): output.append(String(number))
        case .number(let number, let single):
            output.append(number.isFinite ? NumberText.json(number, singlePrecision: single) : "null")
        case .string(let text): output.append(Self.quoted(text))
        case .list(let items):
            output.append("[")
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(",") }
                newLine(depth + 1)
                write(item, depth: depth + 1)
            }
            if !items.isEmpty { newLine(depth) }
            output.append("]")
        case .mapping(let entries):
            output.append("{")
            for (index, entry) in entries.enumerated() { self.entry(entry.key, entry.value, index, depth + 1) }
            if !entries.isEmpty { newLine(depth) }
            output.append("}")
        case .computed(let keys, let compute):
            output.append("{")
            for (index, key) in keys.enumerated() { entry(key, compute(key), index, depth + 1) }
            if !keys.isEmpty { newLine(depth) }
            output.append("}")
        }
    }

    private mutating func entry(_ key: String, _ value: OutputValue, _ index: Int, _ depth: Int) {
        if index > 0 { output.append(",") }
        newLine(depth)
        output.append(Self.quoted(key))
        output.append(indented ? ": " : ":")
        write(value, depth: depth)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func quoted(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count + 2)
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
                case 8: output += "\\b".utf8
                case 9: output += "\\t".utf8
                case 10: output += "\\n".utf8
                case 12: output += "\\f".utf8
                case 13: output += "\\r".utf8
                case 0..<32, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
                    output += "\\u00".utf8
                    output += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                case 0xE2 where isSeparator(bytes, index):
                    output += bytes[index + 2] == 0xA8 ? "\\u2028".utf8 : "\\u2029".utf8
                case 0x80 where isSeparator(bytes, index - 1), 0xA8 where isSeparator(bytes, index - 2),
                    0xA9 where isSeparator(bytes, index - 2):
                    continue
                default: output.append(byte)
                }
            }
        }
        output.append(UInt8(ascii: "\""))
        return output
    }

    /// Whether U+2028 or U+2029 starts at `index`.
    private static func isSeparator(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        index >= 0 && index + 2 < bytes.count && bytes[index] == 0xE2 && bytes[index + 1] == 0x80
            && bytes[index + 2] & 0xFE == 0xA8
    }
}
