internal import ContainerNetwork
internal import EngineModel
internal import FoundationEssentials
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// The one network that build containers of all processes share: made with the first, removed with the last.
///
/// It is not in the state store: it belongs to no project and lives only as long as somebody builds. All functions
/// block on a lock that all processes take, and may be called from any thread.
struct BuildNetwork: Sendable {
    let layout: DataLayout

    private struct State: Codable {
        var network: NetworkPlan
        /// Address → session.
        var leases: [String: String]
    }

    private static let name = "compose_build"
    private var path: String { layout.builds + "/network.json" }

    /// Gives the session an address, and makes the network if it is the first.
    func join(_ session: String, host: HostNetwork, store: StateStore) throws(EngineError) -> EndpointRequest {
        let lock = try layout.lockBuilds()
        defer { lock.unlock() }
        var state: State
        if let known = read() { state = known } else { state = State(network: try plan(host, store), leases: [:]) }
        let network = state.network
        let address = try EngineError.explaining("network \(Self.name)") {
            try AddressPlanner.allocate(in: network, leased: Set(state.leases.keys.compactMap { IPv4Address($0) }))
        }
        guard let address else {
            throw EngineError(.system, "network \(Self.name)", "it has no IPv4")
        }
        state.leases["\(address)"] = session
        // Noted before it is made.
        try write(state)
        try MadeNetworks(layout).ensure(network, on: host)
        return EndpointRequest(network: network, ipv4: address)
    }

    /// Takes all addresses of the session back, and removes the network if it was the last.
    func leave(_ session: String, host: () throws(NetworkError) -> HostNetwork) throws(EngineError) {
        let lock = try layout.lockBuilds()
        defer { lock.unlock() }
        try release(besides: session, host: host)
    }

    /// Removes the network if all who had addresses of it are gone: its removal may have failed before.
    func removeIfUnused() throws(EngineError) {
        if !Files.exists(path) { return }
        let lock = try layout.lockBuilds()
        defer { lock.unlock() }
        try release(besides: nil) { () throws(NetworkError) in try HostNetwork(runRoot: layout.runRoot) }
    }

    /// The network, as long as it is recorded that somebody may use it.
    func networkInUse() -> NetworkPlan? { read()?.network }

    /// Takes back the addresses of `session` and of those that are gone. The lock is held.
    private func release(besides session: String?, host: () throws(NetworkError) -> HostNetwork) throws(EngineError) {
        guard var state = read() else { return }
        let before = state.leases.count
        state.leases = state.leases.filter { $0.value != session && Files.exists(layout.buildSession($0.value)) }
        if state.leases.count != before { try write(state) }
        if !state.leases.isEmpty { return }
        let made = try EngineError.explaining("network \(Self.name)") { try host() }
        try MadeNetworks(layout).remove(state.network, from: made)
        unlink(path)
    }

    private func plan(_ host: HostNetwork, _ store: StateStore) throws(EngineError) -> NetworkPlan {
        var known: [NetworkPlan] = []
        for network in try store.networks() { known.append(try store.bridge(of: network)) }
        let id = RandomIdentifier.make()
        return try EngineError.explaining("network \(Self.name)") {
            try AddressPlanner.plan(
                NetworkRequest(id: id, name: Self.name), networks: known, occupied: try host.occupiedSubnets())
        }
    }

    /// nil when there is no network. What cannot be read was not written by us.
    private func read() -> State? {
        guard let bytes = try? Files.read(path) else { return nil }
        return try? JSONDecoder().decode(State.self, from: Data(bytes))
    }

    private func write(_ state: State) throws(EngineError) {
        do {
            try Files.replace(path, with: Array(try JSONEncoder().encode(state)))
        } catch {
            throw EngineError(.system, "network \(Self.name)", "\(path) cannot be written: \(error)")
        }
    }
}

extension DataLayout {
    /// Waits for the lock over what the building processes share.
    func lockBuilds() throws(EngineError) -> FileLock {
        do throws(Errno) {
            try Files.makeDirectories(builds)
            return try FileLock(builds + "/lock")
        } catch {
            throw EngineError(error, builds, doing: "the builds cannot be locked")
        }
    }
}
