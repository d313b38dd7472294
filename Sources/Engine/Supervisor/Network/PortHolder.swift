internal import EngineModel
internal import Primitives
internal import StateStore

/// Finds out which container of this data root has a port that another one is to get.
enum PortHolder {
    /// `container shop-web-1 (project shop, service web)`; nil if none of ours has one of `ports`.
    static func find(_ ports: [PortMapping], besides id: String, _ store: StateStore) -> String? {
        guard let records = try? store.containers() else { return nil }
        for record in records where record.id != id && record.container.isRunning {
            let holds = record.container.ports.contains { port in ports.contains { $0.wants(port) } }
            if !holds { continue }
            let labels = record.container.labels
            let service = labels["com.docker.compose.service"].map { ", service \($0)" } ?? ""
            return "container \(record.name) (project \(record.project)\(service))"
        }
        return nil
    }
}

extension PortMapping {
    /// Whether this asks for a port that somebody has. All addresses of a family include each of them.
    fileprivate func wants(_ port: BoundPort) -> Bool {
        guard port.transport == transport, let hostPorts, hostPorts.numbers.contains(port.hostPort) else {
            return false
        }
        guard let hostAddress else { return true }
        switch (hostAddress, port.hostAddress) {
        case (.v4(let own), .v4(let other)): return own == other || own.isUnspecified || other.isUnspecified
        case (.v6(let own), .v6(let other)): return own == other || own == .unspecified || other == .unspecified
        case (.v4, .v6), (.v6, .v4): return false
        }
    }
}
