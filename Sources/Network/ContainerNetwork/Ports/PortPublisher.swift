internal import CLinux
internal import Firewall
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import PortProxy
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// Binds host ports and makes them lead to containers: by packet rules, where these cannot lead through proxies.
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

    func reserve(_ mappings: [PortMapping], in network: NetworkPlan? = nil) throws(NetworkError) -> PortReservation {
        var entries: [PortReservation.Entry] = []
        for mapping in mappings {
            let addresses = Self.addresses(of: mapping, in: network).filter { !Self.isRouted($0, network) }
            if !addresses.isEmpty { entries += try bind(mapping, on: addresses) }
        }
        return Self.reservation(entries, mappings, network)
    }

    private static func addresses(of mapping: PortMapping, in network: NetworkPlan?) -> [IPAddress] {
        if let address = mapping.hostAddress { return [address] }
        // Without a proxy there is no way from one family to the other.
        let isBound = mapping.transport == .sctp && network?.subnet6 == nil
        return allAddresses.filter { !isBound || $0.isIPv4 }
    }

    private static func isRouted(_ address: IPAddress, _ network: NetworkPlan?) -> Bool {
        (address.isIPv4 ? network?.gatewayMode4 : network?.gatewayMode6) == .routed
    }

    /// With what is reached at the container's own addresses, for which no port of the host is bound.
    private static func reservation(
        _ entries: [PortReservation.Entry], _ mappings: [PortMapping], _ network: NetworkPlan?
    ) -> PortReservation {
        var (open4, open6): ([ContainerPort], [ContainerPort]) = ([], [])
        for mapping in mappings {
            let port = ContainerPort(mapping.containerPort, mapping.transport)
            for address in addresses(of: mapping, in: network) where isRouted(address, network) {
                if address.isIPv4 { open4.append(port) } else { open6.append(port) }
            }
        }
        return PortReservation(entries, open4: open4, open6: open6)
    }

    func reserve(
        again ports: [BoundPort], for mappings: [PortMapping], in network: NetworkPlan?
    ) throws(NetworkError) -> PortReservation {
        var entries: [PortReservation.Entry] = []
        for port in ports {
            do throws(NetworkError) {
                entries.append(try bind(port))
            } catch {
                // The rules lead to the container all the same, and have to be taken back in the end.
                entries.append(PortReservation.Entry(port: port, proxy: nil))
            }
        }
        return Self.reservation(entries, mappings, network)
    }

    private func bind(
        _ mapping: PortMapping, on addresses: [IPAddress]
    ) throws(NetworkError) -> [PortReservation.Entry] {
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
            case .sctp: return try bindSCTP(port)
            }
            return PortReservation.Entry(port: bound, proxy: proxy)
        } catch {
            throw Self.failure(error, to: port)
        }
    }

    /// Packet rules know SCTP also where the kernel has no such sockets; the port is not held then.
    private func bindSCTP(_ port: BoundPort) throws(Errno) -> PortReservation.Entry {
        if host.firewall == nil { throw .protocolNotSupported }
        var bound = port
        do throws(Errno) {
            let address = SocketAddress(port.hostAddress, port: port.hostPort)
            let socket = try Descriptor.socket(address.family, .sctp)
            try socket.bind(to: address)
            try socket.listen(backlog: 1)
            if let actual = try socket.localAddress() { bound.hostPort = actual.port }
            return PortReservation.Entry(port: bound, proxy: .held(HeldPort(socket)))
        } catch {
            guard error == .protocolNotSupported || error == .socketTypeNotSupported else { throw error }
        }
        if bound.hostPort == 0 {
            // Any number will do, and the kernel gives out ones that are free.
            let address = SocketAddress(port.hostAddress, port: 0)
            let socket = try Descriptor.socket(address.family, .datagram)
            try socket.bind(to: address)
            bound.hostPort = try socket.localAddress()?.port ?? 0
        }
        return PortReservation.Entry(port: bound, proxy: nil)
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
            return NetworkError(
                .missingKernelFeature, subject, "this kernel or a host without nftables cannot publish it")
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

    /// - Parameter endpoint6: where IPv6 leads to, if to another network than IPv4.
    func publish(
        _ reservation: PortReservation, to endpoint: Endpoint, endpoint6: Endpoint? = nil
    ) throws(NetworkError) -> [NetworkWarning] {
        let entries = reservation.state.withLock { $0.entries }
        let target = PortTarget(ipv4: endpoint.ipv4, ipv6: (endpoint6 ?? endpoint).ipv6)
        let (open4, open6) = reservation.state.withLock { ($0.open4, $0.open6) }
        var published = [PortReservation.Published(network: endpoint.network)]
        if let endpoint6, endpoint6.network != endpoint.network {
            published.append(PortReservation.Published(network: endpoint6.network))
        }
        for entry in entries {
            guard let rule = target.rule(for: entry.port) else { continue }
            published[rule.containerAddress.isIPv4 ? 0 : published.count - 1].rules.append(rule)
        }
        let openings = target.openings(open4, open6)
        published[0].open += openings.ipv4
        published[published.count - 1].open += openings.ipv6
        var warnings: [NetworkWarning] = []
        if let firewall = host.firewall {
            // Recorded first: taking back what is not there is no error.
            let all = published
            reservation.state.withLock { $0.published = all }
            for part in published where !part.rules.isEmpty || !part.open.isEmpty {
                do throws(FirewallError) {
                    try firewall.publish(part.rules, open: part.open, in: part.network.rules)
                } catch {
                    warnings += try publishAgain(part, firewall)
                }
            }
            forgetConnections(of: entries.map(\.port))
        }
        for entry in entries {
            guard let address = target.backend(for: entry.port.hostAddress) else { continue }
            let backend = SocketAddress(address, port: entry.port.containerPort)
            try NetworkError.explaining(Self.subject(entry.port)) {
                try LoopActor.sync { () throws(Errno) in try entry.proxy?.start(to: backend) }
            }
        }
        return warnings
    }

    /// The sockets stay open and each rule is replaced in one transaction, so that nobody finds the ports closed.
    func redirect(
        _ reservation: PortReservation, to endpoint: Endpoint, endpoint6: Endpoint? = nil
    ) throws(NetworkError) {
        let before = reservation.state.withLock { $0.published }
        _ = try publish(reservation, to: endpoint, endpoint6: endpoint6)
        let after = reservation.state.withLock { Set($0.published.map(\.network.id)) }
        for part in before {
            // Where the ports are led elsewhere in the same network their rules were replaced; openings are by address.
            let rules = after.contains(part.network.id) ? [] : part.rules
            host.firewall?.unpublish(rules, open: part.open, in: part.network.rules)
        }
        _ = try publish(reservation, to: endpoint, endpoint6: endpoint6)
    }

    /// Somebody may have flushed all rules: makes the network's anew, then tries once more.
    private func publishAgain(
        _ part: PortReservation.Published, _ firewall: Firewall
    ) throws(NetworkError) -> [NetworkWarning] {
        try host.ensure(part.network, evenIfRecent: true)
        do throws(FirewallError) {
            try firewall.publish(part.rules, open: part.open, in: part.network.rules)
            return []
        } catch {
            let reason = "packet rules for published ports were refused (\(error.reason)); they go through a proxy"
            return [NetworkWarning(subject: "network \(part.network.name)", reason: reason)]
        }
    }

    func unpublish(_ reservation: PortReservation) {
        retract(reservation)
        reservation.close()
    }

    /// See ``NetworkStack/withdraw``.
    func withdraw(_ ports: [BoundPort], _ mappings: [PortMapping], of target: PortTarget, in network: NetworkPlan) {
        let none = Self.reservation([], mappings, network).state.withLock { ($0.open4, $0.open6) }
        let openings = target.openings(none.0, none.1)
        host.firewall?.withdraw(
            ports.compactMap { target.rule(for: $0) }, open: openings.ipv4 + openings.ipv6, in: network.rules)
    }

    private func retract(_ reservation: PortReservation) {
        let (published, ports) = reservation.state.withLock { state in
            defer { state.published = [] }
            return (state.published, state.entries.map(\.port))
        }
        for part in published {
            host.firewall?.unpublish(part.rules, open: part.open, in: part.network.rules)
        }
        if !published.isEmpty { forgetConnections(of: ports) }
    }

    /// The kernel remembers where a UDP client's packets went, and would go on so for as long as they keep coming.
    private func forgetConnections(of ports: [BoundPort]) {
        let numbers = Set(ports.filter { $0.transport == .udp }.map(\.hostPort))
        if !numbers.isEmpty { ConnectionTracking.forgetUDP(toPorts: numbers) }
    }
}
