internal import ContainerNetwork
internal import EngineModel
internal import Primitives
internal import StateStore

/// What changes the networks of a container while it runs. Blocks; any thread.
extension NetworkSetup {
    /// Gives a running container one more interface. Undoes all on failure. Returns its record as it is then.
    func join(
        _ record: ContainerRecord, _ attachment: NetworkAttachment, _ network: RunNetwork
    ) throws(EngineError) -> ContainerRecord {
        guard let sandbox = network.sandbox else { throw Self.shared(record) }
        if record.container.configuration.networks.contains(where: { $0.network == attachment.network }) {
            throw EngineError(
                .conflict, "network \(attachment.network)", "container \(record.name) is in it already")
        }
        let request = try endpoint(attachment, of: record, isFirst: false, lease: lease)
        do throws(EngineError) {
            try MadeNetworks(store.layout).ensure(request.network, on: stack.host)
            try EngineError.explaining("network \(request.network.name)") { try sandbox.add(request) }
            return try change(record, sandbox) { $0.networks.append(attachment) }
        } catch {
            try? sandbox.remove(network: request.network.id)
            try? store.releaseAddresses(container: record.id, network: request.network.id)
            throw error
        }
    }

    /// Takes an interface of a running container away. Returns its record as it is then.
    func leave(
        _ record: ContainerRecord, _ name: String, _ network: RunNetwork
    ) throws(EngineError) -> ContainerRecord {
        guard let sandbox = network.sandbox else { throw Self.shared(record) }
        guard let endpoint = sandbox.endpoints.first(where: { $0.network.name == name }) else {
            throw EngineError(.notFound, "network \(name)", "container \(record.name) is not in it")
        }
        if !network.ports.isEmpty, sandbox.gatewayEndpoint?.network.id == endpoint.network.id {
            throw EngineError(
                .conflict, "network \(name)", "the published ports of container \(record.name) lead there",
                hint: "stop the container first")
        }
        try EngineError.explaining("network \(name)") { try sandbox.remove(network: endpoint.network.id) }
        let changed = try change(record, sandbox) { $0.networks.removeAll { $0.network == name } }
        try store.releaseAddresses(container: record.id, network: endpoint.network.id)
        return changed
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

    private func change(
        _ record: ContainerRecord, _ sandbox: Sandbox, _ change: (inout ContainerConfiguration) -> Void
    ) throws(EngineError) -> ContainerRecord {
        let addresses = Self.addresses(of: sandbox)
        return try store.transaction { () throws(EngineError) in
            guard var now = try store.container(id: record.id) else {
                throw EngineError(.notFound, "container \(record.name)", "it was removed meanwhile")
            }
            change(&now.container.configuration)
            now.container.addresses = addresses
            try store.replace(now)
            return now
        }
    }

    private static func shared(_ record: ContainerRecord) -> EngineError {
        EngineError(
            .conflict, "container \(record.name)",
            "it shares the network of the host or of another container, and cannot be in others")
    }
}
