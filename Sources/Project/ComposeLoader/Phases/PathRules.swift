/// Rules by path pattern (`services.*.ports`, `services.*.volumes.[]`), as a tree that is walked along with a document.
///
/// `*` stands for any key, `[]` for any item of a list.
final class PathRules<Rule: Sendable>: Sendable {
    let rule: Rule?
    private let children: [String: PathRules]
    private let any: PathRules?

    convenience init(_ table: KeyValuePairs<String, Rule>) {
        self.init(table.map { (path: $0.key, rule: $0.value) })
    }

    convenience init(_ table: [(path: String, rule: Rule)]) {
        // Bytes, not characters: these trees are made at every start.
        let dot = UInt8(ascii: ".")
        let split = table.map { (path: $0.path.utf8.split(separator: dot).map { Substring($0) }, rule: $0.rule) }
        self.init(split, from: 0)
    }

    /// - Parameter depth: how many components of the paths lie above this tree.
    private init(_ table: [(path: [Substring], rule: Rule)], from depth: Int) {
        var rule: Rule?
        var below: [Substring: [(path: [Substring], rule: Rule)]] = [:]
        for row in table {
            if row.path.count == depth { rule = row.rule } else { below[row.path[depth], default: []].append(row) }
        }
        self.rule = rule
        any = below.removeValue(forKey: "*").map { PathRules($0, from: depth + 1) }
        children = Dictionary(
            uniqueKeysWithValues: below.map { (String($0.key), PathRules($0.value, from: depth + 1)) })
    }

    /// The rules below a key or `[]`. Patterns that name the key hide those with `*`.
    func next(_ key: String) -> PathRules? { children[key] ?? any }
}
