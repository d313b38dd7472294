internal import ContainerNetwork
internal import EngineModel
internal import Primitives
internal import StateStore

/// What changes while a container runs. Whoever calls these records the addresses that the result has, and tells the names.
extension NetworkSetup {
    /// Puts a running container into one more network: `network connect`.
    ///
    /// - Returns: what it has of the network then, in place of `network`.
    func connect(
        _ record: ContainerRecord, _ network: RunNetwork, to attachment: NetworkAttachment
    ) throws(EngineError) -> RunNetwork {
        let sandbox = try ownSandbox(of: record, network)
        let request = try endpoint(attachment, of: record, isFirst: false, lease: lease)
        do throws(EngineError) {
            try MadeNetworks(store.layout).ensure(request.network, on: stack.host)
            try EngineError.explaining("network \(attachment.network)") { try sandbox.add(request) }
        } catch {
            try? store.releaseAddresses(container: record.id, network: request.network.id)
            throw error
        }
        return try published(network, sandbox)
    }

    /// Takes a running container out of a network: `network disconnect`.
    ///
    /// - Returns: what it has of the network then, in place of `network`.
    func disconnect(
        _ record: ContainerRecord, _ network: RunNetwork, from name: String
    ) throws(EngineError) -> RunNetwork {
        let sandbox = try ownSandbox(of: record, network)
        guard let found = try store.network(matching: name), network.addresses[found.name] != nil else {
            throw EngineError(.notFound, "network \(name)", "container \(record.name) is not in it")
        }
        if let reservation = network.reservation { stack.retract(reservation) }
        try EngineError.explaining("network \(found.name)") { try sandbox.remove(network: found.id) }
        try store.releaseAddresses(container: record.id, network: found.id)
        return try published(network, sandbox)
    }

    /// Makes what a running container has of the host's network as it was, whatever somebody else did to it: bridges,
    /// packet rules, interfaces, addresses and routes.
    func mend(_ network: RunNetwork) throws(EngineError) {
        // It may have ended meanwhile.
        guard let sandbox = network.sandbox, sandbox.namespace >= 0 else { return }
        var lost = false
        for plan in sandbox.endpoints.map(\.network) {
            let isWhole = try EngineError.explaining("network \(plan.name)") { try stack.host.isWhole(plan) }
            if isWhole { continue }
            lost = true
            try MadeNetworks(store.layout).ensure(plan, on: stack.host)
        }
        try EngineError.explaining("network") { try stack.mend(sandbox, lost ? network.reservation : nil) }
    }

    /// Ports lead to where the default route is now.
    private func published(_ network: RunNetwork, _ sandbox: Sandbox) throws(EngineError) -> RunNetwork {
        if let reservation = network.reservation, let target = sandbox.publishingEndpoints {
            try EngineError.explaining("network \(target.ipv4.network.name)") {
                try stack.publish(reservation, to: target.ipv4, endpoint6: target.ipv6)
            }
        }
        let ports = network.ports
        return RunNetwork(
            sandbox: sandbox, reservation: network.takeReservation(), addresses: Self.addresses(of: sandbox),
            ports: ports)
    }

    private func ownSandbox(of record: ContainerRecord, _ network: RunNetwork) throws(EngineError) -> Sandbox {
        if let sandbox = network.sandbox { return sandbox }
        throw EngineError(
            .invalid, "container \(record.name)", "it has no network of its own, so it cannot be put into another one")
    }
}
