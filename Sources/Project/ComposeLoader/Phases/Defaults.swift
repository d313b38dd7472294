import YAML

/// Fills in the values that attributes of the long forms have when they are left out.
struct Defaults {
    enum Rule: Sendable {
        case build, secret, port, device
    }

    static let rules = PathRules<Rule>([
        "services.*.build": .build,
        "services.*.secrets.[]": .secret,
        "services.*.ports.[]": .port,
        "services.*.deploy.resources.reservations.devices.[]": .device,
        "services.*.gpus.[]": .device,
    ])

    static func apply(to document: inout Mapping) {
        for position in 0..<document.count {
            if let below = rules.next(document.entries[position].key) { apply(to: &document[position], below) }
        }
    }

    private static func apply(to node: inout Node, _ rules: PathRules<Rule>) {
        if let rule = rules.rule {
            node.withMapping { fill(&$0, rule) }
            return
        }
        switch node.value {
        case .mapping(var mapping):
            node.value = .null
            for position in 0..<mapping.count {
                if let below = rules.next(mapping.entries[position].key) { apply(to: &mapping[position], below) }
            }
            node.value = .mapping(mapping)
        case .sequence(var items):
            guard let below = rules.next("[]") else { return }
            node.value = .null
            for position in items.indices { apply(to: &items[position], below) }
            node.value = .sequence(items)
        default: return
        }
    }

    private static func fill(_ mapping: inout Mapping, _ rule: Rule) {
        func set(_ key: String, _ value: Value) {
            if !mapping.contains(key) { mapping[key] = Node(value) }
        }
        switch rule {
        case .build: set("context", .string("."))
        case .secret: set("target", .string("/run/secrets/\(mapping["source"]?.text ?? "")"))
        case .port:
            set("protocol", .string("tcp"))
            set("mode", .string("ingress"))
        case .device: if !mapping.contains("device_ids") { set("count", .string("all")) }
        }
    }
}
