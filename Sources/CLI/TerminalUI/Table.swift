internal import Primitives

/// Columns as docker prints them: each as wide as its widest cell and some blanks, the last one unpadded.
///
/// Where a row is shorter than the one before it, the columns that it lacks end and begin anew below it, as in Go's
/// text/tabwriter.
public struct Table: Sendable {
    private var rows: [[String]]
    private let minimumWidth: Int
    private let padding: Int

    /// - Parameters:
    ///   - header: the first row; empty for none.
    ///   - minimumWidth: of each column but the last, with its blanks; docker's own lists have 10, those of compose 20.
    ///   - padding: blanks behind the widest cell.
    public init(_ header: [String], minimumWidth: Int = 0, padding: Int = 3) {
        rows = header.isEmpty ? [] : [header]
        self.minimumWidth = minimumWidth
        self.padding = padding
    }

    /// Adds a row; it may have fewer cells than the heading. Control characters do not reach the terminal.
    public mutating func add(_ row: [String]) {
        rows.append(row.map(\.withoutControls))
    }

    /// All rows in their columns.
    public var text: String {
        var text = ""
        // Of the columns that run through this row, from where they began.
        var widths: [Int] = []
        for (index, row) in rows.enumerated() {
            widths.removeLast(max(0, widths.count - max(0, row.count - 1)))
            while widths.count < row.count - 1 { widths.append(width(of: widths.count, from: index)) }
            for (column, cell) in row.enumerated() {
                text += cell
                if column < row.count - 1 {
                    text += String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
                }
            }
            text += "\n"
        }
        return text
    }

    /// Of a column that begins in that row and ends before the first one that has no cell to its right.
    private func width(of column: Int, from first: Int) -> Int {
        let cells = rows[first...].prefix { $0.count > column + 1 }.map { $0[column].unicodeScalars.count }
        return max(minimumWidth, (cells.max() ?? 0) + padding)
    }
}
