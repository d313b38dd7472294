/// Finds the lines of files that problems are about.
struct SourceLines {
    /// Characters shown of a long line.
    private static let width = 120

    private let places: [(file: String?, line: Int, column: Int)]
    private var found: [SourceLine?]

    init(_ places: [(file: String?, line: Int, column: Int)]) {
        self.places = places
        found = Array(repeating: nil, count: places.count)
    }

    subscript(index: Int) -> SourceLine? { found[index] }

    func isWanted(_ file: String) -> Bool { places.contains { $0.file == file && $0.line > 0 } }

    mutating func read(_ bytes: [UInt8], of file: String) {
        var line = 1
        var start = 0
        let wanted = places.indices.filter { places[$0].file == file && places[$0].line > 0 && found[$0] == nil }
        for index in wanted.sorted(by: { places[$0].line < places[$1].line }) {
            while line < places[index].line, start < bytes.count {
                if bytes[start] == 10 { line += 1 }
                start += 1
            }
            guard line == places[index].line, start < bytes.count else { return }
            found[index] = Self.line(bytes[start...].prefix { $0 != 10 }, column: places[index].column)
        }
    }

    private static func line(_ bytes: ArraySlice<UInt8>, column: Int) -> SourceLine {
        // A character has at most four bytes, so what lies this far away is never shown.
        let characters = String(decoding: bytes.prefix(4 * (column + width)), as: UTF8.self).unicodeScalars
        var offset = max(column - 1, 0)
        var shown = characters.dropFirst(max(offset - width * 2 / 3, 0)).prefix(width)
        offset = min(offset, width * 2 / 3)
        while let first = shown.first, first == " " || first == "\t", offset > 0 {
            shown.removeFirst()
            offset -= 1
        }
        var text = ""
        for scalar in shown { text.unicodeScalars.append(isShown(scalar) ? scalar : " ") }
        return SourceLine(text: text, offset: min(offset, shown.count))
    }

    /// Control characters and those that change the direction of writing are not.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: true
        }
    }
}
