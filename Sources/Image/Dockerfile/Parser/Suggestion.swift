/// `did you mean X?` for a misspelt name, or what there is.
func hint(_ name: String, among names: [String]) -> String {
    closest(to: name, among: names).map { "did you mean \($0)?" } ?? "there is \(names.joined(separator: ", "))"
}

/// The name that differs from `name` by the fewest edits, if they are few.
func closest(to name: String, among names: [String]) -> String? {
    guard name.utf8.count <= 40 else { return nil }
    let candidates = names.map { ($0, editDistance(Array(name.lowercased().utf8), Array($0.lowercased().utf8))) }
    guard let best = candidates.min(by: { $0.1 < $1.1 }), best.1 <= max(1, best.0.utf8.count / 3) else { return nil }
    return best.0
}

/// Insertions, deletions, replacements and swaps of neighbours that make one of the other.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
        var following = [index + 1]
        for column in right.indices {
            let replaced = row[column] + (byte == right[column] ? 0 : 1)
            var best = min(row[column + 1] + 1, following[column] + 1, replaced)
            if index > 0, column > 0, byte == right[column - 1], left[index - 1] == right[column] {
                best = min(best, before[column - 1] + 1)
            }
            following.append(best)
        }
        (before, row) = (row, following)
    }
    return row[right.count]
}
