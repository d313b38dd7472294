import YAML

/// Replaces scalars in the text of a YAML file, and nothing else of it.
struct ScalarEdits {
    let path: String
    private var edits: [Edit] = []

    private struct Edit {
        var mark: Mark
        var old: String
        var new: String
    }

    init(path: String) { self.path = path }

    /// A scalar that is reached on several ways, through aliases, stands in one place.
    ///
    /// - Parameter new: needs no quotes.
    mutating func replace(_ node: Node, with new: String) {
        guard let old = node.string, !edits.contains(where: { $0.mark == node.mark }) else { return }
        edits.append(Edit(mark: node.mark, old: old, new: new))
    }

    func apply(to bytes: [UInt8]) throws(LoadFailure) -> [UInt8] {
        if edits.isEmpty { return bytes }
        // Scalars of Unicode, not characters: a carriage return and a line feed are two.
        var lines = String(decoding: bytes, as: UTF8.self).unicodeScalars.split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(Array.init)
        for edit in edits.sorted(by: { ($0.mark.line, $0.mark.column) > ($1.mark.line, $1.mark.column) }) {
            let (line, column) = (Int(edit.mark.line) - 1, Int(edit.mark.column) - 1)
            guard lines.indices.contains(line), column >= 0, column < lines[line].count,
                let length = Self.length(of: edit.old, in: lines[line][column...])
            else {
                throw LoadFailure(
                    "the path \"\(edit.old)\" cannot be replaced: write it in one line, without escapes", file: path)
            }
            lines[line].replaceSubrange(column..<column + length, with: Array(edit.new.unicodeScalars))
        }
        var text = String.UnicodeScalarView()
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append("\n") }
            text.append(contentsOf: line)
        }
        return Array(String(text).utf8)
    }

    /// How many scalars the value takes where it stands, plain or in quotes; nil if it is not written so.
    private static func length(of value: String, in rest: ArraySlice<Unicode.Scalar>) -> Int? {
        let plain = Array(value.unicodeScalars)
        if rest.starts(with: plain) { return plain.count }
        for quote: Unicode.Scalar in ["\"", "'"] where rest.starts(with: [quote] + plain + [quote]) {
            return plain.count + 2
        }
        return nil
    }
}
