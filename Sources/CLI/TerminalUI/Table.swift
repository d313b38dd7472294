internal import Primitives

/// Columns as docker prints them: each as wide as its widest cell and three spaces, the last one unpadded but for the
/// trailing spaces that docker leaves out here too.
public struct Table: Sendable {
    private var rows: [[String]]
    private let minimumWidth: Int

    /// - Parameter minimumWidth: of each column but the last, with its three spaces; docker's own lists have 10.
    public init(_ header: [String], minimumWidth: Int = 0) {
        rows = [header]
        self.minimumWidth = minimumWidth
    }

    /// Adds a row; it may have fewer cells than the heading. Control characters do not reach the terminal.
    public mutating func add(_ row: [String]) {
        rows.append(row.map(\.withoutControls))
    }

    /// All rows in columns as wide as their widest cell, three blanks apart.
    public var text: String {
        let columns = rows.map(\.count).max() ?? 0
        var widths = [Int](repeating: minimumWidth - 3, count: columns)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        var text = ""
        for row in rows {
            for (index, cell) in row.enumerated() {
                text += cell
                if index < columns - 1 {
                    text += String(repeating: " ", count: widths[index] - cell.count + 3)
                }
            }
            text += "\n"
        }
        return text
    }
}
