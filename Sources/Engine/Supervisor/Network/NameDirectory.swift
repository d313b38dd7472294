internal import ContainerNetwork
internal import DNS
internal import EngineModel
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
    private struct State {
        /// Containers whose names the resolver has.
        var known: Set<String> = []
        /// Names of networks that containers of this project are in.
        var networks: Set<String> = []
        var identifiers: [String: String] = [:]
        /// Other projects in these networks.
        var neighbours: Set<String> = []
        /// Counts additions, so that a reading that one overtook is done again.
        var additions = 0
    }
    private let state = Mutex(State())

    init(project: String, store: StateStore, stack: NetworkStack) {
        self.project = project
        self.store = store
        self.stack = stack
    }

    /// Other projects that share a network with this one: they have to hear of changes.
    var neighbours: Set<String> { state.withLock { $0.neighbours } }

    /// Adds a container of this project that was started. Any thread; may read the store.
    func add(_ record: ContainerRecord) {
        let identifiers: [String: String]? = state.withLock { state in
            state.additions += 1
            guard record.container.addresses.keys.allSatisfy({ state.networks.contains($0) }) else { return nil }
            state.known.insert(record.id)
            return state.identifiers
        }
        if let identifiers {
            stack.setNames(of: record.id, Self.entries(of: record, networks: identifiers))
        } else {
            try? refresh()
        }
    }

    /// Reads all names again. Any thread; blocks on the store.
    func refresh() throws(EngineError) {
        while true {
            let additions = state.withLock { $0.additions }
            var (next, entries) = try read()
            next.additions = additions
            for (id, names) in entries { stack.setNames(of: id, names) }
            let gone: Set<String>? = state.withLock { [next] state in
                if state.additions != additions { return nil }
                defer { state = next }
                return state.known.subtracting(next.known)
            }
            guard let gone else { continue }
            for id in gone { stack.removeNames(of: id) }
            return
        }
    }

    private func read() throws(EngineError) -> (State, [(String, [NameRecord])]) {
        // Of all containers of the host there may be many, and each supervisor asks at its first start.
        let running = try store.neighbourhood(of: project).filter {
            $0.container.isRunning && !$0.container.addresses.isEmpty
        }
        var next = State()
        next.networks = Set(running.filter { $0.project == project }.flatMap { $0.container.addresses.keys })
        for network in try store.networks() { next.identifiers[network.name] = network.id }
        var names: [(String, [NameRecord])] = []
        for record in running {
            let entries = Self.entries(of: record, networks: next.identifiers)
                .filter { next.networks.contains($0.networkName) }
            if entries.isEmpty { continue }
            names.append((record.id, entries))
            next.known.insert(record.id)
            if record.project != project { next.neighbours.insert(record.project) }
        }
        return (next, names)
    }

    /// - Parameter networks: ids by name.
    static func entries(of record: ContainerRecord, networks: [String: String]) -> [NameRecord] {
        let configuration = record.container.configuration
        if configuration.standby == true { return [] }
        var entries: [NameRecord] = []
        for (network, endpoint) in record.container.addresses.sorted(by: { $0.key < $1.key }) {
            guard let id = networks[network] else { continue }
            var names = [String(record.id.prefix(12))]
            if let hostname = configuration.hostname, !hostname.isEmpty { names.append(hostname) }
            names += configuration.networks.first { $0.network == network }?.aliases ?? []
            entries.append(
                NameRecord(
                    network: id, networkName: network, canonicalName: record.name, names: names,
                    ipv4: IPv4Address(endpoint.ipv4), ipv6: endpoint.ipv6.flatMap { IPv6Address($0) }))
        }
        return entries
    }
}
