import YAML

/// Merges a later document over an earlier one (Compose Specification, "Merge and override").
struct Merge {
    enum Rule: Sendable {
        /// The later value replaces the earlier one.
        case replace
        /// Lists and mappings become a list `KEY=VALUE`; duplicates are removed afterwards.
        case sequence
        /// As `sequence`, without the entries that are there already.
        case uniqueSequence
        /// A short form becomes a mapping first.
        case build, dependsOn, names
        case logging
        case addressPools
    }

    static let rules = PathRules<Rule>([
        "networks.*.ipam.config": .addressPools,
        "networks.*.labels": .sequence,
        "volumes.*.labels": .sequence,
        "services.*.annotations": .sequence,
        "services.*.build": .build,
        "services.*.build.args": .sequence,
        "services.*.build.additional_contexts": .sequence,
        "services.*.build.extra_hosts": .uniqueSequence,
        "services.*.build.labels": .sequence,
        "services.*.command": .replace,
        "services.*.depends_on": .dependsOn,
        "services.*.deploy.labels": .sequence,
        "services.*.dns": .sequence,
        "services.*.dns_opt": .sequence,
        "services.*.dns_search": .sequence,
        "services.*.entrypoint": .replace,
        "services.*.env_file": .sequence,
        "services.*.label_file": .sequence,
        "services.*.environment": .sequence,
        "services.*.extra_hosts": .uniqueSequence,
        "services.*.healthcheck.test": .replace,
        "services.*.labels": .sequence,
        "services.*.volumes.[].volume.labels": .sequence,
        "services.*.logging": .logging,
        "services.*.models": .names,
        "services.*.networks": .names,
        "services.*.sysctls": .sequence,
        "services.*.tmpfs": .sequence,
        "services.*.ulimits.*": .replace,
    ])

    let context: LoadContext
    private var path: [String] = []

    init(context: LoadContext) {
        self.context = context
    }

    /// Merges `other` over `base`.
    static func apply(_ other: Mapping, over base: inout Mapping, context: LoadContext) throws(LoadFailure) {
        var merge = Merge(context: context)
        try merge.mappings(&base, other, rules)
    }

    /// Merges a service over the one it extends.
    static func service(
        _ other: Node, over base: inout Node, named name: String, context: LoadContext
    ) throws(LoadFailure) {
        var merge = Merge(context: context)
        merge.path = ["services", name]
        try merge.values(&base, other, rules.next("services")?.next("*"))
    }

    private mutating func values(_ base: inout Node, _ other: Node, _ rules: PathRules<Rule>?) throws(LoadFailure) {
        if let rule = rules?.rule { return try special(rule, &base, other, rules) }
        if other.isNull || other.isRefused { return }
        switch base.value {
        case .mapping:
            guard let added = other.mapping else { return clash(&base, other) }
            try base.withMapping { mapping throws(LoadFailure) in try mappings(&mapping, added, rules) }
        case .sequence:
            guard let added = other.sequence else { return clash(&base, other) }
            base.withSequence { $0 += added }
        default:
            base = other
        }
    }

    private func clash(_ base: inout Node, _ other: Node) {
        let place = context.diagnostic("", at: base.mark).place
        context.report(
            "must be \(base.kindName) as in the earlier value\(place.map { " at " + $0 } ?? ""), not \(other.kindName)",
            path: path, at: other.mark)
        base.value = .refused
    }

    private mutating func mappings(
        _ base: inout Mapping, _ other: Mapping, _ rules: PathRules<Rule>?
    ) throws(LoadFailure) {
        for entry in other.entries {
            guard let position = base.position(of: entry.key) else {
                base[entry.key] = entry.value
                continue
            }
            path.append(entry.key)
            try values(&base[position], entry.value, rules?.next(entry.key))
            path.removeLast()
        }
    }

    private mutating func special(
        _ rule: Rule, _ base: inout Node, _ other: Node, _ rules: PathRules<Rule>?
    ) throws(LoadFailure) {
        switch rule {
        case .replace:
            base = other
        case .sequence:
            base.value = .sequence(items(base) + items(other))
        case .uniqueSequence:
            let first = items(base)
            base.value = .sequence(first + items(other).filter { !first.contains($0) })
        case .build:
            try merge(&base, other, rules) { .mapping($0.string.map { Mapping(["context": Node(.string($0))]) }) }
        case .dependsOn:
            try merge(&base, other, rules) { Self.fromNames($0, .mapping(.dependency)) }
        case .names:
            try merge(&base, other, rules) { Self.fromNames($0, .null) }
        case .logging:
            try logging(&base, other, rules)
        case .addressPools:
            try addressPools(&base, other)
        }
    }

    /// Merges as mappings after `convert` made one of each short form.
    private mutating func merge(
        _ base: inout Node, _ other: Node, _ rules: PathRules<Rule>?, convert: (Node) -> Value?
    ) throws(LoadFailure) {
        if base.mapping == nil { base.value = convert(base) ?? .mapping(Mapping()) }
        guard let added = other.mapping ?? Node(convert(other) ?? .null).mapping else { return }
        try base.withMapping { mapping throws(LoadFailure) in try mappings(&mapping, added, rules) }
    }

    private static func fromNames(_ node: Node, _ value: Value) -> Value? {
        guard let items = node.sequence else { return nil }
        var mapping = Mapping()
        for item in items {
            if let name = item.string { mapping.set(name, value, item.mark) }
        }
        return .mapping(mapping)
    }

    /// Options are merged when both files mean the same driver.
    private mutating func logging(
        _ base: inout Node, _ other: Node, _ rules: PathRules<Rule>?
    ) throws(LoadFailure) {
        guard let added = other.mapping else { return }
        guard let earlier = base.mapping, let first = earlier["driver"], let second = added["driver"], first != second
        else {
            if base.mapping == nil { base.value = .mapping(Mapping()) }
            return try base.withMapping { mapping throws(LoadFailure) in try mappings(&mapping, added, rules) }
        }
        base = other
    }

    /// Pools with the same subnet are merged.
    private mutating func addressPools(_ base: inout Node, _ other: Node) throws(LoadFailure) {
        guard let earlier = base.sequence, let later = other.sequence else {
            if !other.isNull { base = other }
            return
        }
        var pools: [Node] = []
        func index(_ subnet: Node?) -> Int? { pools.firstIndex { $0["subnet"] == subnet } }
        for original in earlier {
            var merged = original
            for override in later {
                if override["subnet"] != merged["subnet"], index(override["subnet"]) == nil {
                    pools.append(override)
                    continue
                }
                guard let added = override.mapping else { continue }
                try merged.withMapping { mapping throws(LoadFailure) in try mappings(&mapping, added, nil) }
                if let position = index(merged["subnet"]) { pools[position] = merged } else { pools.append(merged) }
            }
        }
        base.value = .sequence(pools)
    }

    /// A list or mapping as a list of `KEY=VALUE`.
    private func items(_ node: Node) -> [Node] {
        switch node.value {
        case .sequence(let items): return items
        case .string: return [node]
        case .mapping(let mapping): return Self.pairs(mapping)
        default: return []
        }
    }

    static func pairs(_ mapping: Mapping) -> [Node] {
        var items: [(String, Mark)] = []
        for entry in mapping.entries {
            switch entry.value.value {
            case .null: items.append((entry.key, entry.keyMark))
            case .sequence(let values):
                for value in values { items.append(("\(entry.key)=\(value.text)", value.mark)) }
            default: items.append(("\(entry.key)=\(entry.value.text)", entry.value.mark))
            }
        }
        return items.sorted { $0.0 < $1.0 }.map { Node(.string($0.0), $0.1) }
    }
}

extension Mapping {
    init(_ values: KeyValuePairs<String, Node>) {
        self.init()
        for (key, value) in values { self[key] = value }
    }

    static var dependency: Mapping {
        Mapping(["condition": Node(.string("service_started")), "required": Node(.bool(true))])
    }
}

extension Value {
    static func mapping(_ mapping: Mapping?) -> Value? { mapping.map { Value.mapping($0) } }
}
