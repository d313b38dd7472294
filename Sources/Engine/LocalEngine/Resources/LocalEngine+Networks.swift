internal import ContainerNetwork
public import EngineModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Supervisor
internal import Synchronization

extension LocalEngine {
    public func networks(labels: [String: String?]) throws(EngineError) -> [Network] {
        try store.networks(labels: labels)
    }

    public func network(named name: String) throws(EngineError) -> Network? {
        try store.network(matching: name)
    }

    /// Chooses the addresses and records the network. Its bridge is made when the first container starts in it.
    public func createNetwork(_ configuration: NetworkConfiguration) throws(EngineError) {
        let host = try hostNetwork()
        let occupied = try EngineError.explaining("network \(configuration.name)") { try host.occupiedSubnets() }
        let id = RandomIdentifier.make()
        let created = try store.transaction {
            let known = try store.networks()
            if known.contains(where: { $0.name == configuration.name }) {
                throw EngineError(.conflict, "network \(configuration.name)", "a network of this name exists")
            }
            var networks: [NetworkPlan] = []
            for other in known { networks.append(try store.bridge(of: other)) }
            let request = NetworkRequest(id: id, configuration: configuration)
            let plan = try EngineError.explaining("network \(configuration.name)") {
                try AddressPlanner.plan(request, networks: networks, occupied: occupied)
            }
            let network = Network(plan, configuration: configuration, created: .now())
            try store.insert(network, plan: plan)
            return network
        }
        note(
            Event(
                time: .now(), type: "network", action: "create", id: created.id, attributes: networkAttributes(created))
        )
        warn(host.warnings(about: created.name).map(\.reason))
    }

    /// Keeps what has not been told yet for ``takeWarnings()``.
    func warn(_ found: [String]) {
        warnings.withLock { state in
            for warning in found where state.known.insert(warning).inserted { state.new.append(warning) }
        }
    }

    public func takeWarnings() -> [String] {
        warnings.withLock { state in
            defer { state.new = [] }
            return state.new
        }
    }

    public func mendNetworks(of project: String) throws(EngineError) {
        do throws(EngineError) {
            try supervisor(of: project).mendNetworks()
        } catch {
            // One of an older version goes on as it did.
            if error.code != .unsupported { throw error }
        }
    }

    public func removeNetwork(_ name: String) throws(EngineError) {
        guard let found = try store.network(matching: name) else {
            throw EngineError(.notFound, "network \(name)", "there is no such network")
        }
        let host = try hostNetwork()
        let bridge = try store.bridge(of: found)
        try forget(found)
        try MadeNetworks(layout).remove(bridge, from: host)
        note(
            Event(time: .now(), type: "network", action: "destroy", id: found.id, attributes: networkAttributes(found)))
    }

    /// The record goes, unless a container is in the network or about to be: it has an address from before its bridge is
    /// made until after it has ended.
    private func forget(_ network: Network) throws(EngineError) {
        let dead = try withoutSupervisor(network)
        try store.transaction(usesReserve: true) {
            let leased = Set(try store.leasedAddresses(network: network.id).values).subtracting(dead)
            let users = try store.containers().filter { record in
                leased.contains(record.id)
                    || record.container.isRunning && record.container.addresses[network.name] != nil
            }
            if !users.isEmpty {
                throw EngineError(
                    .inUse, "network \(network.name)",
                    "containers are attached to it: \(users.map(\.name).joined(separator: ", "))")
            }
            try store.removeNetwork(id: network.id)
        }
    }

    /// Containers that have addresses only because their supervisor was killed.
    private func withoutSupervisor(_ network: Network) throws(EngineError) -> Set<String> {
        let leased = Set(try store.leasedAddresses(network: network.id).values)
        if leased.isEmpty { return [] }
        let records = try store.containers().filter { leased.contains($0.id) && !$0.container.isRunning }
        let dead = Set(records.map(\.project)).filter { !supervisor(of: $0).isThere }
        return Set(records.filter { dead.contains($0.project) }.map(\.id))
    }

    public func connect(_ container: String, _ wanted: NetworkAttachment) throws(EngineError) {
        let record = try record(container)
        guard let network = try store.network(matching: wanted.network) else {
            throw EngineError(.notFound, "network \(wanted.network)", "there is no such network")
        }
        var attachment = wanted
        attachment.network = network.name
        if record.container.isRunning { return try supervisor(of: record.project).connect(record.id, attachment) }
        try changeNetworks(of: record, "connect") { (networks) throws(EngineError) in
            if networks.contains(where: { $0.network == network.name }) {
                throw EngineError(.conflict, "network \(network.name)", "container \(record.name) is in it already")
            }
            networks.append(attachment)
        }
    }

    public func disconnect(_ container: String, from network: String) throws(EngineError) {
        let record = try record(container)
        let name = try store.network(matching: network)?.name ?? network
        if record.container.isRunning { return try supervisor(of: record.project).disconnect(record.id, from: name) }
        try changeNetworks(of: record, "disconnect") { (networks) throws(EngineError) in
            guard networks.contains(where: { $0.network == name }) else {
                throw EngineError(.notFound, "network \(name)", "container \(record.name) is not in it")
            }
            networks.removeAll { $0.network == name }
        }
    }

    /// Of a container that does not run.
    private func changeNetworks(
        of record: ContainerRecord, _ action: String,
        _ change: (inout [NetworkAttachment]) throws(EngineError) -> Void
    ) throws(EngineError) {
        guard record.container.configuration.networkMode == .networks else {
            throw EngineError(
                .conflict, "container \(record.name)",
                "it shares the network of the host or of another container, and cannot be in others")
        }
        let changed = try store.transaction { () throws(EngineError) in
            var now = try self.record(record.id)
            try change(&now.container.configuration.networks)
            try store.replace(now)
            return now
        }
        note(Event(action, of: changed))
    }

    private func networkAttributes(_ network: Network) -> [String: String] {
        let driver = network.configuration.driver ?? NetworkDriver.bridge.rawValue
        return network.configuration.labels.merging(["name": network.name, "type": driver]) { $1 }
    }

    private func hostNetwork() throws(EngineError) -> HostNetwork {
        try EngineError.explaining("network host") { try HostNetwork(runRoot: layout.runRoot) }
    }
}
