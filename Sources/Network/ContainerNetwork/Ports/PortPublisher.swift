internal import CLinux
internal import Firewall
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import PortProxy
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// Binds host ports and makes them lead to containers: IPv4 by packet rules, the rest through proxies.
final class PortPublisher: Sendable {
    /// Tries to find a number that is free in both families.
    private static let ephemeralTries = 32

    private let host: HostNetwork
    private let loop: EventLoop
    private let budget = ProxyBudget()

    init(host: HostNetwork, loop: EventLoop) {
        self.host = host
        self.loop = loop
    }

    func reserve(_ mappings: [PortMapping]) throws(NetworkError) -> PortReservation {
        var entries: [PortReservation.Entry] = []
        for mapping in mappings { entries += try bind(mapping) }
        return PortReservation(entries)
    }

    func reserve(again ports: [BoundPort]) throws(NetworkError) -> PortReservation {
        var entries: [PortReservation.Entry] = []
        for port in ports {
            do throws(NetworkError) {
                entries.append(try bind(port))
            } catch {
                // The rules lead to the container all the same, and have to be taken back in the end.
                entries.append(PortReservation.Entry(port: port, proxy: nil))
            }
        }
        return PortReservation(entries)
    }

    private func bind(_ mapping: PortMapping) throws(NetworkError) -> [PortReservation.Entry] {
        let addresses = mapping.hostAddress.map { [$0] } ?? Self.allAddresses
        guard let ports = mapping.hostPorts, !mapping.takesAnyHostPort else {
            return try firstFree(of: Array(repeating: 0, count: Self.ephemeralTries), mapping, addresses)
        }
        do throws(NetworkError) {
            return try firstFree(of: ports.numbers, mapping, addresses)
        } catch {
            if error.code != .portTaken || ports.count == 1 { throw error }
            throw NetworkError(.portTaken, "ports \(ports)/\(mapping.transport)", "none of them is free")
        }
    }

    /// Tries one number after the other until nobody else has it on any of `addresses`.
    private func firstFree(
        of ports: some Sequence<UInt16>, _ mapping: PortMapping, _ addresses: [IPAddress]
    ) throws(NetworkError) -> [PortReservation.Entry] {
        var failure: NetworkError?
        for port in ports {
            do throws(NetworkError) {
                return try bind(mapping, addresses: addresses, port: port)
            } catch {
                if error.code != .portTaken { throw error }
                failure = error
            }
        }
        throw failure ?? NetworkError(.portTaken, "port", "no free port was found")
    }

    /// One number on all `addresses`; 0: the number that the first one gets.
    private func bind(
        _ mapping: PortMapping, addresses: [IPAddress], port: UInt16
    ) throws(NetworkError) -> [PortReservation.Entry] {
        var entries: [PortReservation.Entry] = []
        var number = port
        for address in addresses {
            let entry = try bind(
                BoundPort(
                    hostAddress: address, hostPort: number, containerPort: mapping.containerPort,
                    transport: mapping.transport))
            number = entry.port.hostPort
            entries.append(entry)
        }
        return entries
    }

    private func bind(_ port: BoundPort) throws(NetworkError) -> PortReservation.Entry {
        let address = SocketAddress(port.hostAddress, port: port.hostPort)
        do throws(Errno) {
            var bound = port
            let proxy: PortReservation.Proxy
            switch port.transport {
            case .tcp:
                let socket = try Descriptor.socket(address.family, .stream)
                try socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
                try socket.bind(to: address)
                // Listening at once: two sockets may be bound to the same port as long as none listens.
                try socket.listen(backlog: 1024)
                if let actual = try socket.localAddress() { bound.hostPort = actual.port }
                proxy = .tcp(TCPProxy(loop: loop, budget: budget, listener: socket))
            case .udp:
                let socket = try Descriptor.socket(address.family, .datagram)
                try socket.bind(to: address)
                if let actual = try socket.localAddress() { bound.hostPort = actual.port }
                proxy = .udp(try UDPProxy(loop: loop, budget: budget, socket: socket))
            case .sctp: throw Errno.protocolNotSupported
            }
            return PortReservation.Entry(port: bound, proxy: proxy)
        } catch {
            throw Self.failure(error, to: port)
        }
    }

    private static func failure(_ error: Errno, to port: BoundPort) -> NetworkError {
        let subject = subject(port)
        switch error {
        case .addressInUse:
            let owner = PortOwner.find(port: port.hostPort, transport: port.transport)
            return NetworkError(.portTaken, subject, owner.map { "is in use by \($0)" } ?? "is in use")
        case .addressNotAvailable:
            return NetworkError(.invalid, subject, "\(port.hostAddress) is not an address of this host")
        case .protocolNotSupported:
            return NetworkError(.invalid, subject, "only ports of tcp and udp can be published")
        case .permissionDenied, .notPermitted:
            return NetworkError(.permission, subject, "needs root (or CAP_NET_BIND_SERVICE)")
        default:
            return NetworkError(.system, subject, "cannot be bound: \(error)")
        }
    }

    /// `port 0.0.0.0:80/tcp`.
    private static func subject(_ port: BoundPort) -> String { "port \(port.hostEnd)/\(port.transport)" }

    /// `0.0.0.0`, and `::` where the host has IPv6.
    private static var allAddresses: [IPAddress] {
        let hasIPv6 =
            Sysctl.read("ipv6/conf/all/disable_ipv6") == "0" && (try? Descriptor.socket(AF_INET6, .stream)) != nil
        return [.v4(.unspecified)] + (hasIPv6 ? [.v6(.unspecified)] : [])
    }

    func publish(_ reservation: PortReservation, to endpoint: Endpoint) throws(NetworkError) -> [NetworkWarning] {
        let entries = reservation.state.withLock { $0.entries }
        let rules = entries.compactMap { Self.rule(for: $0.port, to: endpoint.ipv4) }
        var warnings: [NetworkWarning] = []
        if let firewall = host.firewall, !rules.isEmpty {
            // Recorded first: taking back what is not there is no error.
            reservation.state.withLock { state in
                state.rules = rules
                state.network = endpoint.network
            }
            do throws(FirewallError) {
                try firewall.publish(rules, in: endpoint.network.rules)
            } catch {
                warnings += try publishAgain(rules, to: endpoint, after: error)
            }
            forgetConnections(of: entries.map(\.port))
        }
        for entry in entries {
            let backend = SocketAddress(.v4(endpoint.ipv4), port: entry.port.containerPort)
            try NetworkError.explaining(Self.subject(entry.port)) {
                try LoopActor.sync { () throws(Errno) in try entry.proxy?.start(to: backend) }
            }
        }
        return warnings
    }

    /// The sockets stay open and each rule is replaced in one transaction, so that nobody finds the ports closed.
    func redirect(_ reservation: PortReservation, to endpoint: Endpoint) throws(NetworkError) {
        let (rules, network) = reservation.state.withLock { ($0.rules, $0.network) }
        _ = try publish(reservation, to: endpoint)
        if let network, network.id != endpoint.network.id { host.firewall?.unpublish(rules, in: network.rules) }
    }

    /// Somebody may have flushed all rules: makes the network's anew, then tries once more.
    private func publishAgain(
        _ rules: [PortRule], to endpoint: Endpoint, after first: FirewallError
    ) throws(NetworkError) -> [NetworkWarning] {
        guard let firewall = host.firewall else { return [] }
        try host.ensure(endpoint.network, evenIfRecent: true)
        do throws(FirewallError) {
            try firewall.publish(rules, in: endpoint.network.rules)
            return []
        } catch {
            let reason = "packet rules for published ports were refused (\(error.reason)); they go through a proxy"
            return [NetworkWarning(subject: "network \(endpoint.network.name)", reason: reason)]
        }
    }

    static func rule(for port: BoundPort, to container: IPv4Address) -> PortRule? {
        guard case .v4(let address) = port.hostAddress else { return nil }
        return PortRule(
            hostAddress: address.isUnspecified ? nil : address, hostPort: port.hostPort,
            transport: port.transport, containerAddress: container, containerPort: port.containerPort)
    }

    func unpublish(_ reservation: PortReservation) {
        let (rules, network, ports) = reservation.state.withLock { state in
            defer { state.rules = [] }
            return (state.rules, state.network, state.entries.map(\.port))
        }
        if let network, !rules.isEmpty {
            host.firewall?.unpublish(rules, in: network.rules)
            forgetConnections(of: ports)
        }
        reservation.close()
    }

    /// The kernel remembers where a UDP client's packets went, and would go on so for as long as they keep coming.
    private func forgetConnections(of ports: [BoundPort]) {
        let numbers = Set(ports.filter { $0.transport == .udp }.map(\.hostPort))
        if !numbers.isEmpty { ConnectionTracking.forgetUDP(toPorts: numbers) }
    }
}
