import YAML

/// Finds what a canonical document asks for and nothing here does.
struct Gaps {
    private let context: LoadContext
    private let document: Mapping
    private var path: [String] = []

    private init(_ document: Mapping, context: LoadContext) {
        self.document = document
        self.context = context
    }

    /// Notes them in `context`.
    static func find(in document: Mapping, context: LoadContext) {
        var gaps = Gaps(document, context: context)
        gaps.look(at: document, AttributeSupport.rules)
    }

    private mutating func look(at mapping: Mapping, _ rules: PathRules<Support>) {
        // What is made elsewhere has its attributes from there.
        if path.count == 2, ["networks", "volumes"].contains(path[0]), mapping["external"]?.text == "true" { return }
        for entry in mapping.entries {
            guard let below = rules.next(entry.key), !entry.value.isRefused else { continue }
            path.append(entry.key)
            if let support = below.rule { look(at: entry, in: mapping, support) }
            look(below: entry.value, below)
            path.removeLast()
        }
    }

    private mutating func look(below node: Node, _ rules: PathRules<Support>) {
        switch node.value {
        case .mapping(let mapping): look(at: mapping, rules)
        case .sequence(let items):
            guard let below = rules.next("[]") else { return }
            for (index, item) in items.enumerated() {
                path.append("[\(index)]")
                look(below: item, below)
                path.removeLast()
            }
        default: return
        }
    }

    private mutating func look(at entry: Mapping.Entry, in owner: Mapping, _ support: Support) {
        for exception in support.exceptions {
            for fault in exception.condition.matches(entry.value, in: owner, of: document) {
                let (keys, node) = (path + fault.keys, fault.node)
                let isShown = fault.keys.isEmpty && node.mapping == nil && node.sequence == nil
                let mark = fault.keys.isEmpty && (!isShown || node.mark.line == 0) ? entry.keyMark : node.mark
                let subject = joined(keys) + (isShown && exception.condition.isByValue ? " \"\(node.text)\"" : "")
                context.note(exception.reason + fault.details, exception.effect, keys, shown: subject, at: mark)
            }
        }
    }
}
