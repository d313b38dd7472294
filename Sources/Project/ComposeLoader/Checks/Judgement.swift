import YAML

/// Finds the values of a canonical document that nothing can be made from.
struct Judgement {
    private let document: Mapping
    private let context: LoadContext
    private let host: HostFacts
    private var path: [String] = []

    private init(_ document: Mapping, _ context: LoadContext, _ host: HostFacts) {
        self.document = document
        self.context = context
        self.host = host
    }

    /// Notes them in `context`.
    static func pass(on document: Mapping, context: LoadContext, host: HostFacts) {
        var judgement = Judgement(document, context, host)
        for kind in document.entries {
            guard let rules = ValueChecks.rules.next(kind.key) else { continue }
            judgement.path = [kind.key]
            for resource in kind.value.mapping?.entries ?? [] {
                guard let content = resource.value.mapping, let below = rules.next(resource.key) else { continue }
                // What is made elsewhere has its attributes from there.
                if kind.key != "services", content["external"]?.text == "true" { continue }
                judgement.path.append(resource.key)
                judgement.judge(resource.value, in: content, of: content, below)
                judgement.path.removeLast()
            }
        }
    }

    private mutating func judge(
        _ node: Node, in owner: Mapping, of resource: Mapping, _ rules: PathRules<ValueCheck>
    ) {
        if node.isRefused || node.isNull { return }
        if let check = rules.rule {
            let judged = Judged(
                node: node, keys: path, owner: owner, resource: resource, document: document, host: host)
            for complaint in check.judge(judged) { report(complaint) }
        }
        switch node.value {
        case .mapping(let mapping):
            for entry in mapping.entries {
                guard let below = rules.next(entry.key) else { continue }
                path.append(entry.key)
                judge(entry.value, in: mapping, of: resource, below)
                path.removeLast()
            }
        case .sequence(let items):
            guard let below = rules.next("[]") else { return }
            for (index, item) in items.enumerated() {
                path.append("[\(index)]")
                judge(item, in: owner, of: resource, below)
                path.removeLast()
            }
        default: return
        }
    }

    private func report(_ complaint: Complaint) {
        let keys = path + complaint.keys
        context.note(complaint.reason, complaint.effect, keys, at: document.mark(of: keys))
    }
}
