internal import Primitives

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

    private static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        appendQuotedJSON(text, .go, to: &bytes)
        return bytes
    }
}
