import YAML

/// Who acts on each attribute: one line for each path that `attributePaths()` lists, so that none is forgotten.
enum AttributeSupport {
    static let table: [(path: String, rule: Support)] =
        (project + networks + volumes + files + service + serviceParts + build + deploy + develop)

    /// Those with something to say.
    static let rules = PathRules<Support>(table.filter { !$0.rule.exceptions.isEmpty })

    /// By path, as `attributePaths()` writes it.
    static let byPath: [String: Support] = Dictionary(
        table.map { ($0.path.replacing(".[]", with: "[]"), $0.rule) }, uniquingKeysWith: { first, _ in first })

    static func rows(_ table: KeyValuePairs<String, Support>) -> [(path: String, rule: Support)] {
        table.map { (path: $0.key, rule: $0.value) }
    }
}
