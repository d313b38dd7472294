internal import ContainerNetwork
public import EngineModel
internal import Primitives
internal import StateStore

/// The network of `network_mode: bridge`: one for all projects, without aliases, there as long as a container has it.
public enum SharedBridge {
    /// The network's name.
    public static let name = "bridge"

    /// Whether a container of this configuration is in it.
    public static func isUsed(by configuration: ContainerConfiguration) -> Bool {
        configuration.networkMode == .networks && configuration.networks.contains { $0.network == name }
    }

    /// Removes it after its last container was removed. One that a project made under this name stays.
    static func removeIfUnused(after record: ContainerRecord, _ store: StateStore) throws(EngineError) {
        if isUsed(by: record.container.configuration) { try removeIfUnused(store) }
    }

    /// Removes it if no container is in it: a command may have been killed after it removed the last one.
    static func removeIfUnused(_ store: StateStore) throws(EngineError) {
        guard try isUnused(store) else { return }
        let unused = try store.transaction(usesReserve: true) { () throws(EngineError) -> NetworkPlan? in
            guard try isUnused(store), let network = try store.network(matching: name) else { return nil }
            let bridge = try store.bridge(of: network)
            try store.removeNetwork(id: network.id)
            return bridge
        }
        guard let unused else { return }
        let host = try EngineError.explaining("network \(name)") { try HostNetwork(runRoot: store.layout.runRoot) }
        try MadeNetworks(store.layout).remove(unused, from: host)
    }

    static func isUnused(_ store: StateStore) throws(EngineError) -> Bool {
        guard let network = try store.network(matching: name), network.name == name else { return false }
        if !network.configuration.labels.isEmpty { return false }
        return try store.containers().allSatisfy { !isUsed(by: $0.container.configuration) }
    }
}
