import Primitives
import YAML

/// Removes earlier entries of lists that a later one with the same key redefines; the later value takes the place of
/// the earlier one.
struct Unique {
    enum Key: Sendable {
        /// The text before `=`.
        case name
        /// Where it is mounted.
        case volume, device
        /// The target, by default this directory and the source.
        case mount(String)
        case port, expose, path
    }

    static let rules = PathRules<Key>([
        "networks.*.labels": .name,
        "networks.*.ipam.options": .name,
        "services.*.annotations": .name,
        "services.*.build.args": .name,
        "services.*.build.additional_contexts": .name,
        "services.*.build.platform": .name,
        "services.*.build.tags": .name,
        "services.*.build.labels": .name,
        "services.*.cap_add": .name,
        "services.*.cap_drop": .name,
        "services.*.configs": .mount(""),
        "services.*.deploy.labels": .name,
        "services.*.dns": .name,
        "services.*.dns_opt": .name,
        "services.*.dns_search": .name,
        "services.*.environment": .name,
        "services.*.env_file": .path,
        "services.*.expose": .expose,
        "services.*.labels": .name,
        "services.*.links": .name,
        "services.*.networks.*.aliases": .name,
        "services.*.networks.*.link_local_ips": .name,
        "services.*.ports": .port,
        "services.*.profiles": .name,
        "services.*.secrets": .mount("/run/secrets"),
        "services.*.sysctls": .name,
        "services.*.tmpfs": .name,
        "services.*.volumes": .volume,
        "services.*.devices": .device,
    ])

    let context: LoadContext
    private var path: [String] = []

    init(context: LoadContext) {
        self.context = context
    }

    static func apply(to document: inout Mapping, context: LoadContext) {
        var unique = Unique(context: context)
        unique.apply(to: &document, rules)
    }

    private mutating func apply(to mapping: inout Mapping, _ rules: PathRules<Key>) {
        for position in 0..<mapping.count {
            let key = mapping.entries[position].key
            guard let below = rules.next(key) else { continue }
            path.append(key)
            if case .mapping = mapping[position].value {
                mapping[position].withMapping { apply(to: &$0, below) }
            } else if let rule = below.rule, let items = mapping[position].sequence {
                mapping[position].value = .sequence(unique(items, rule))
            }
            path.removeLast()
        }
    }

    private mutating func unique(_ items: [Node], _ rule: Key) -> [Node] {
        var result: [Node] = []
        result.reserveCapacity(items.count)
        var positions: [String: Int] = [:]
        path.append("")
        defer { path.removeLast() }
        for (index, item) in items.enumerated() {
            path[path.count - 1] = "[\(index)]"
            do {
                guard let key = try key(of: item, rule) else {
                    result.append(item)
                    continue
                }
                if let position = positions[key] {
                    result[position] = item
                } else {
                    positions[key] = result.count
                    result.append(item)
                }
            } catch {
                context.report(error)
                context.spoil(path)
                result.append(Node(.refused, item.mark))
            }
        }
        return result
    }

    private func failure(_ message: String, _ item: Node) -> LoadFailure {
        context.failure(message, path: joined(path), at: item.mark)
    }

    /// nil for what has no key; the schema refuses it.
    private func key(of item: Node, _ rule: Key) throws(LoadFailure) -> String? {
        switch rule {
        case .name: return item.string.map { $0.cut("=")?.0 ?? $0 }
        case .volume: return try volumeTarget(item)
        case .device: return try deviceTarget(item)
        case .mount(let directory):
            if let name = item.string { return "\(directory)/\(name)" }
            if let target = item["target"]?.string { return target }
            return item["source"]?.string.map { "\(directory)/\($0)" }
        case .port: return try port(item)
        case .expose:
            switch item.value {
            case .string(let text): return text
            case .integer(let number): return String(number)
            case .refused: return nil
            default: throw failure("\(item.text) is not a port", item)
            }
        case .path: return item.string ?? item["path"]?.string
        }
    }

    private func volumeTarget(_ item: Node) throws(LoadFailure) -> String? {
        if let text = item.string {
            do {
                return try VolumeMapping(text).target
            } catch {
                throw failure(error.description, item)
            }
        }
        guard item.mapping != nil else { return nil }
        guard let target = item["target"]?.string else {
            throw failure("a mount needs a target", item)
        }
        return target
    }

    private func deviceTarget(_ item: Node) throws(LoadFailure) -> String? {
        if let text = item.string {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            return String(parts.count == 1 ? parts[0] : parts[1])
        }
        guard item.mapping != nil else { return nil }
        guard let target = item["target"]?.string else {
            throw failure("a device needs a target", item)
        }
        return target
    }

    private func port(_ item: Node) throws(LoadFailure) -> String? {
        switch item.value {
        case .integer(let number): return String(number)
        case .string(let text): return text
        case .mapping(let port):
            guard let target = port["target"] else {
                throw failure("a port needs a target", item)
            }
            let published = port["published"]?.text ?? ""
            let host = port["host_ip"]?.text ?? "0.0.0.0"
            return "\(host):\(published):\(target.text)/\(port["protocol"]?.text ?? "tcp")"
        default: return nil
        }
    }
}
