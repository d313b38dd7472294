import Primitives
import YAML

/// Checks what a shape cannot say: attributes that exclude each other, addresses.
struct Semantics {
    enum Rule: Sendable {
        case volume, port, device, watchPath
        case source([String])
    }

    static let rules = PathRules<Rule>([
        "volumes.*": .volume,
        "configs.*": .source(["file", "environment", "content"]),
        "secrets.*": .source(["file", "environment"]),
        "services.*.ports.[]": .port,
        "services.*.develop.watch.[].path": .watchPath,
        "services.*.deploy.resources.reservations.devices.[]": .device,
        "services.*.gpus.[]": .device,
    ])

    let context: LoadContext
    private var path: [String] = []

    init(context: LoadContext) {
        self.context = context
    }

    static func check(_ document: Mapping, context: LoadContext) {
        var semantics = Semantics(context: context)
        for entry in document.entries {
            if let below = rules.next(entry.key) { semantics.check(entry.value, entry.key, below) }
        }
    }

    private mutating func report(_ message: String, _ node: Node) {
        context.report(context.failure(message, path: joined(path), at: node.mark))
    }

    private mutating func check(_ node: Node, _ key: String, _ rules: PathRules<Rule>) {
        path.append(key)
        defer { path.removeLast() }
        if let rule = rules.rule { return check(node, rule) }
        switch node.value {
        case .mapping(let mapping):
            for entry in mapping.entries {
                if let below = rules.next(entry.key) { check(entry.value, entry.key, below) }
            }
        case .sequence(let items):
            guard let below = rules.next("[]") else { return }
            for (position, item) in items.enumerated() { check(item, "[\(position)]", below) }
        default: return
        }
    }

    private mutating func check(_ node: Node, _ rule: Rule) {
        switch rule {
        case .volume: volume(node)
        case .source(let keys): source(node, keys)
        case .port:
            if let address = node["host_ip"]?.string, IPAddress(address) == nil {
                report("\"\(address)\" is not an IP address", node["host_ip"] ?? node)
            }
        case .watchPath: if node.string == "" { report("the path cannot be empty", node) }
        case .device:
            if node["count"] != nil, node["device_ids"] != nil {
                report("count and device_ids exclude each other", node)
            }
        }
    }

    private mutating func volume(_ node: Node) {
        guard let mapping = node.mapping, case .bool(true)? = mapping["external"]?.value else { return }
        for entry in mapping.entries
        where !["name", "external"].contains(entry.key) && !entry.key.hasPrefix("x-") {
            report("external and \(entry.key) exclude each other", entry.value)
        }
    }

    private mutating func source(_ node: Node, _ keys: [String]) {
        guard let mapping = node.mapping else { return }
        let given = keys.filter { mapping.contains($0) }
        if given.count > 1 { report("\(given.joined(separator: " and ")) exclude each other", node) }
        if given.isEmpty, !mapping.contains("driver"), !mapping.contains("external") {
            if keys.contains(where: { context.isSpoiled(path + [$0]) }) { return }
            report("one of \(keys.joined(separator: ", ")) must be set", node)
            context.spoil(path + [keys[0]])
        }
    }
}
