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
        guard isUsed(by: record.container.configuration) else { return }
        // Nobody may begin to use it until it is gone, and it is recorded for as long as it is there.
        try store.transaction(usesReserve: true) {
            guard let network = try store.network(matching: name), network.name == name,
                network.configuration.labels.isEmpty,
                try !store.containers().contains(where: { isUsed(by: $0.container.configuration) })
            else { return }
            let bridge = try store.bridge(of: network)
            do throws(NetworkError) {
                try HostNetwork(runRoot: store.layout.runRoot).remove(bridge)
            } catch {
                throw EngineError(error, "network \(name)")
            }
            try store.removeNetwork(id: network.id)
        }
    }
}
