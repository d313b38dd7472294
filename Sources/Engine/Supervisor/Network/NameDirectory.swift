internal import ContainerNetwork
internal import Engine
internal import Primitives
internal import StateStore
internal import Synchronization

/// The names that containers of this project find others by: read from the state store, handed to the resolver.
///
/// Containers of other projects count as soon as they share a network with one of ours.
final class NameDirectory: Sendable {
    private let project: String
    private let store: StateStore
    private let stack: NetworkStack
    /// Containers whose names the resolver has.
    private let known = Mutex<Set<String>>([])

    init(project: String, store: StateStore, stack: NetworkStack) {
        self.project = project
        self.store = store
        self.stack = stack
    }

    /// Reads all names again. Any thread; blocks on the store.
    ///
    /// - Returns: the other projects that share a network with a running container of this one.
    @discardableResult
    func refresh() throws(EngineError) -> Set<String> {
        let running = try store.containers().filter { $0.container.isRunning && !$0.container.addresses.isEmpty }
        let ours = Set(running.filter { $0.project == project }.flatMap { $0.container.addresses.keys })
        var identifiers: [String: String] = [:]
        for network in try store.networks() { identifiers[network.name] = network.id }
        var current: Set<String> = []
        var neighbours: Set<String> = []
        for record in running {
            let entries = Self.entries(of: record, networks: identifiers).filter { ours.contains($0.networkName) }
            if entries.isEmpty { continue }
            stack.setNames(of: record.id, entries)
            current.insert(record.id)
            if record.project != project { neighbours.insert(record.project) }
        }
        let gone = known.withLock { known in
            defer { known = current }
            return known.subtracting(current)
        }
        for id in gone { stack.removeNames(of: id) }
        return neighbours
    }

    /// - Parameter networks: ids by name.
    static func entries(of record: ContainerRecord, networks: [String: String]) -> [NameEntry] {
        let configuration = record.container.configuration
        var entries: [NameEntry] = []
        for (network, endpoint) in record.container.addresses.sorted(by: { $0.key < $1.key }) {
            guard let id = networks[network], let address = IPv4Address(endpoint.ipv4) else { continue }
            var names = [String(record.id.prefix(12))]
            if let hostname = configuration.hostname, !hostname.isEmpty { names.append(hostname) }
            names += configuration.networks.first { $0.network == network }?.aliases ?? []
            entries.append(
                NameEntry(
                    networkID: id, networkName: network, containerName: record.name, names: names, ipv4: address))
        }
        return entries
    }
}
