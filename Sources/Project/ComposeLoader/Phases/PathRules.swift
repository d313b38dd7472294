/// Rules by path pattern (`services.*.ports`, `services.*.volumes.[]`), as a tree that is walked along with a document.
///
/// `*` stands for any key, `[]` for any item of a list.
final class PathRules<Rule: Sendable>: Sendable {
    let rule: Rule?
    private let children: [String: PathRules]
    private let any: PathRules?

    convenience init(_ table: KeyValuePairs<String, Rule>) {
        self.init(table.map { (pattern, rule) in (pattern.split(separator: ".").map(String.init), rule) })
    }

    convenience init(_ table: [(path: String, rule: Rule)]) {
        self.init(table.map { (path: $0.path.split(separator: ".").map(String.init), rule: $0.rule) })
    }

    private init(_ table: [(path: [String], rule: Rule)]) {
        rule = table.last { $0.path.isEmpty }?.rule
        let below = Dictionary(grouping: table.filter { !$0.path.isEmpty }) { $0.path[0] }
            .mapValues { PathRules($0.map { (Array($0.path.dropFirst()), $0.rule) }) }
        any = below["*"]
        children = below.filter { $0.key != "*" }
    }

    /// The rules below a key or `[]`. Patterns that name the key hide those with `*`.
    func next(_ key: String) -> PathRules? { children[key] ?? any }
}
