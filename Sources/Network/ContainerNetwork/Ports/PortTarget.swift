internal import Firewall
internal import Primitives

/// The addresses of a container that published ports lead to.
struct PortTarget: Sendable {
    var ipv4: IPv4Address?
    var ipv6: IPv6Address?

    /// Where a proxy passes on what comes in at an address of the host: in the same family if the container has it.
    func backend(for host: IPAddress) -> IPAddress? {
        let (four, six) = (ipv4.map { IPAddress.v4($0) }, ipv6.map { IPAddress.v6($0) })
        return host.isIPv4 ? four ?? six : six ?? four
    }

    /// nil where packet rules cannot lead to the container: into the other family, and from addresses that no packet
    /// leaves the host with.
    func rule(for port: BoundPort) -> PortRule? {
        let container: IPAddress
        switch port.hostAddress {
        case .v4:
            guard let ipv4 else { return nil }
            container = .v4(ipv4)
        case .v6(let host):
            guard let ipv6, !host.isLoopback, !host.isLinkLocal else { return nil }
            container = .v6(ipv6)
        }
        return PortRule(
            hostAddress: port.hostAddress.isUnspecified ? nil : port.hostAddress, hostPort: port.hostPort,
            transport: port.transport, containerAddress: container, containerPort: port.containerPort)
    }

    /// The container's ports that are reached at its own addresses.
    func openings(_ open4: [ContainerPort], _ open6: [ContainerPort]) -> (ipv4: [OpenPort], ipv6: [OpenPort]) {
        (
            ipv4.map { address in open4.map { OpenPort(address: .v4(address), port: $0) } } ?? [],
            ipv6.map { address in open6.map { OpenPort(address: .v6(address), port: $0) } } ?? []
        )
    }
}

extension IPAddress {
    var isIPv4: Bool { if case .v4 = self { true } else { false } }
}
