internal import ContainerNetwork
internal import EngineModel
internal import Primitives

extension NetworkSetup {
    /// Publishes the ports of `new` that are asked for, with the sockets of `old` where it has the same. What fails leaves
    /// the ports as they were. Blocks; any thread.
    ///
    /// - Parameters:
    ///   - old: of the container that had the ports until now; nil if that does not run.
    ///   - wantsSame: both containers ask for the same ports.
    func handOverPorts(
        from old: RunNetwork?, to new: RunNetwork, _ ports: [PortMapping], wantsSame: Bool, name: String
    ) throws(EngineError) {
        let had = old?.takeReservation()
        do throws(NetworkError) {
            if let had, wantsSame {
                if let endpoint = new.sandbox?.gatewayEndpoint { try stack.redirect(had, to: endpoint) }
                return new.give(had)
            }
            if let had { stack.unpublish(had) }
            if let reservation = try published(ports, by: new) { new.give(reservation) }
        } catch {
            restore(had, of: old)
            throw EngineError(error, "container \(name)")
        }
    }

    private func published(_ ports: [PortMapping], by network: RunNetwork) throws(NetworkError) -> PortReservation? {
        guard let sandbox = network.sandbox, let endpoint = sandbox.gatewayEndpoint, !ports.isEmpty else { return nil }
        let binding = endpoint.network.hostBinding
        let reservation = try stack.reservePorts(
            ports.map { port in
                var port = port
                port.hostAddress = port.hostAddress ?? binding.map { .v4($0) }
                return port
            })
        do throws(NetworkError) {
            try stack.publish(reservation, to: endpoint)
        } catch {
            stack.unpublish(reservation)
            throw error
        }
        return reservation
    }

    private func restore(_ had: PortReservation?, of old: RunNetwork?) {
        guard let old, let had, let endpoint = old.sandbox?.gatewayEndpoint else { return }
        let ports = had.ports
        guard let reservation = ports.isEmpty ? try? stack.reservePorts(again: old.ports) : had else { return }
        _ = try? stack.publish(reservation, to: endpoint)
        old.give(reservation)
    }
}
