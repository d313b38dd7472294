import ComposeModel
import Primitives
import YAML

/// Finds ports of the host that two of a project's services want at the same time.
struct PortClashes {
    private struct Wish {
        let port: PortMapping
        let keys: [String]
    }

    /// Notes them in `context`.
    static func find(in project: Project, document: Mapping, context: LoadContext) {
        // What others wait for has ended by the time that they start.
        let ending = Set(
            project.services.values.flatMap { service in
                service.dependsOn.filter { $0.value.condition == .completedSuccessfully }.keys
            })
        var wishes: [UInt16: [Wish]] = [:]
        for name in project.serviceNames where !ending.contains(name) {
            guard let service = project.services[name], service.replicas > 0, !isWithoutPorts(service.networkMode)
            else { continue }
            for (index, config) in service.ports.enumerated() {
                guard case .success(let port) = config.mapping, let ports = port.hostPorts, ports.count == 1,
                    ports.first > 0
                else { continue }
                let keys = ["services", name, "ports", "[\(index)]"]
                if let other = wishes[ports.first]?.first(where: { excludes($0.port, port) }) {
                    let address = port.hostAddress?.bracketed ?? "0.0.0.0"
                    context.note(
                        "Bind for \(address):\(ports.first) failed: port is already allocated: \(joined(other.keys))"
                            + " publishes it", .clash, keys, at: document.mark(of: keys))
                }
                wishes[ports.first, default: []].append(Wish(port: port, keys: keys))
            }
        }
    }

    private static func isWithoutPorts(_ mode: String?) -> Bool {
        guard let mode else { return false }
        return ["host", "none"].contains(mode) || mode.hasPrefix("service:") || mode.hasPrefix("container:")
    }

    private static func excludes(_ left: PortMapping, _ right: PortMapping) -> Bool {
        guard left.transport == right.transport else { return false }
        guard let one = left.hostAddress, let other = right.hostAddress else { return true }
        if one == other { return true }
        switch (one, other) {
        case (.v4, .v4), (.v6, .v6): return one.isUnspecified || other.isUnspecified
        case (.v4, .v6), (.v6, .v4): return false
        }
    }
}
