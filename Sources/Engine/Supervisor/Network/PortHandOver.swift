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
                if let target = new.sandbox?.publishingEndpoints {
                    try stack.redirect(had, to: target.ipv4, endpoint6: target.ipv6)
                }
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
        guard let target = network.sandbox?.publishingEndpoints, !ports.isEmpty else { return nil }
        let plan = target.ipv4.network
        let reservation = try stack.reservePorts(Self.bound(ports, in: plan), in: plan)
        do throws(NetworkError) {
            try stack.publish(reservation, to: target.ipv4, endpoint6: target.ipv6)
        } catch {
            stack.unpublish(reservation)
            throw error
        }
        return reservation
    }

    private func restore(_ had: PortReservation?, of old: RunNetwork?) {
        guard let old, let had, let target = old.sandbox?.publishingEndpoints else { return }
        let ports = had.ports
        guard let reservation = ports.isEmpty ? try? stack.reservePorts(again: old.ports) : had else { return }
        _ = try? stack.publish(reservation, to: target.ipv4, endpoint6: target.ipv6)
        old.give(reservation)
    }
}
