internal import ContainerNetwork
internal import ContainerRuntime
internal import DNS
internal import EngineModel
internal import Primitives
internal import StateStore
internal import Synchronization

/// What a running container has of the network: taken down when it ends.
final class RunNetwork: Sendable {
    /// nil with the host's network or another container's.
    let sandbox: Sandbox?
    let addresses: [String: EndpointAddress]
    private let published: Mutex<(reservation: PortReservation?, ports: [BoundPort])>

    init(
        sandbox: Sandbox? = nil, reservation: PortReservation? = nil, addresses: [String: EndpointAddress] = [:],
        ports: [BoundPort] = []
    ) {
        self.sandbox = sandbox
        self.addresses = addresses
        published = Mutex((reservation, ports))
    }

    /// Its published ports as they are bound.
    var ports: [BoundPort] { published.withLock { $0.ports } }

    /// Its published ports, which stay its own; nil if it has none.
    var reservation: PortReservation? { published.withLock { $0.reservation } }

    /// Takes its published ports away; who gets them publishes them elsewhere, or not at all.
    func takeReservation() -> PortReservation? {
        published.withLock { published in
            defer { published = (nil, []) }
            return published.reservation
        }
    }

    func give(_ reservation: PortReservation) {
        published.withLock { $0 = (reservation, reservation.ports) }
    }
}

/// Gives containers their place in the networks that their record names, and takes it back. Blocks; any thread.
struct NetworkSetup: Sendable {
    let store: StateStore
    let stack: NetworkStack
    /// Keeps the sockets of name services open while no supervisor lives; nil: nobody does.
    let keeper: Keeper?

    /// Leases addresses, makes bridges and the container's namespace, and publishes its ports. Undoes all on failure.
    func attach(_ record: ContainerRecord) throws(EngineError) -> RunNetwork {
        switch record.container.configuration.networkMode {
        case .host, .container: return RunNetwork()
        case .none, .networks: break
        }
        do throws(EngineError) {
            let requests = try endpoints(of: record, lease: lease)
            for request in requests {
                try MadeNetworks(store.layout).ensure(request.network, on: stack.host)
            }
            return try connect(record, requests)
        } catch {
            try? store.releaseAddresses(container: record.id)
            throw error
        }
    }

    /// Gives a container one place, which its caller leased.
    func attach(_ record: ContainerRecord, to place: EndpointRequest) throws(EngineError) -> RunNetwork {
        try connect(record, [place])
    }

    /// Takes over the network of a container that runs as `pid` and was started by an earlier supervisor.
    func adopt(_ record: ContainerRecord, pid: Int32) throws(EngineError) -> RunNetwork {
        switch record.container.configuration.networkMode {
        case .host, .container: return RunNetwork()
        case .none, .networks: break
        }
        let requests = try endpoints(of: record) { (record, network, _) throws(EngineError) in
            let known = record.container.addresses[network.name]
            let address = known.flatMap { IPv4Address($0.ipv4) }
            let address6 = known?.ipv6.flatMap { IPv6Address($0) }
            if address == nil, address6 == nil {
                throw EngineError(.system, "container \(record.name)", "its address in \(network.name) is not recorded")
            }
            return (address, address6)
        }
        let sandbox = try EngineError.explaining("container \(record.name)") {
            try stack.adoptSandbox(
                for: record.id, pid: pid, endpoints: requests, resolver: try resolverOrNone(record),
                sockets: keptSockets(of: record.id))
        }
        var reservation: PortReservation?
        if let target = sandbox.publishingEndpoints, !record.container.configuration.ports.isEmpty {
            reservation = try? stack.reservePorts(
                again: record.container.ports, for: record.container.configuration.ports, in: target.ipv4.network)
            if let reservation { _ = try? stack.publish(reservation, to: target.ipv4, endpoint6: target.ipv6) }
        }
        return RunNetwork(
            sandbox: sandbox, reservation: reservation, addresses: record.container.addresses,
            ports: record.container.ports)
    }

    /// What is left on the host of a container that ended while no supervisor lived: the rules of its ports.
    func adoptEnded(_ record: ContainerRecord) -> RunNetwork {
        let (ports, requests) = (record.container.ports, record.container.configuration.ports)
        for (name, known) in record.container.addresses where !requests.isEmpty {
            guard let found = try? store.network(matching: name), let plan = try? store.bridge(of: found) else {
                continue
            }
            stack.withdraw(
                ports, for: requests, of: IPv4Address(known.ipv4), known.ipv6.flatMap { IPv6Address($0) }, in: plan)
        }
        return RunNetwork()
    }

    /// Frees ports, namespace and addresses. Idempotent.
    func detach(_ id: String, _ network: RunNetwork?) {
        if let reservation = network?.takeReservation() { stack.unpublish(reservation) }
        stack.removeNames(of: id)
        network?.sandbox?.close()
        for name in Self.socketNames { try? keeper?.drop(StandardStreams.key(id, name)) }
        try? store.releaseAddresses(container: id)
    }

    private static let socketNames = ["dns-datagrams", "dns-listener"]

    /// Best effort: without them a program that asks for a name while no supervisor lives is refused, not late.
    private func keepSockets(of sandbox: Sandbox, _ id: String) {
        guard let keeper, let sockets = sandbox.resolverSockets else { return }
        try? keeper.keep(sockets.datagrams, as: StandardStreams.key(id, Self.socketNames[0]))
        try? keeper.keep(sockets.listener, as: StandardStreams.key(id, Self.socketNames[1]))
    }

    private func keptSockets(of id: String) -> ResolverSockets? {
        guard let keeper,
            let datagrams = try? keeper.keptDescriptor(StandardStreams.key(id, Self.socketNames[0])),
            let listener = try? keeper.keptDescriptor(StandardStreams.key(id, Self.socketNames[1]))
        else { return nil }
        return ResolverSockets(datagrams: datagrams, listener: listener)
    }

    private func connect(_ record: ContainerRecord, _ requests: [EndpointRequest]) throws(EngineError) -> RunNetwork {
        let resolver = try resolver(record)
        let configuration = record.container.configuration
        let ports = configuration.standby == true ? [] : configuration.ports
        var reservation: PortReservation?
        var sandbox: Sandbox?
        do throws(NetworkError) {
            // Ports first: that somebody has one is the likeliest failure, and cheap to find out.
            if let network = Self.publishing(requests), !ports.isEmpty {
                reservation = try stack.reservePorts(Self.bound(ports, in: network), in: network)
            }
            let made = try stack.createSandbox(for: record.id, endpoints: requests, resolver: resolver)
            sandbox = made
            keepSockets(of: made, record.id)
            if let reservation, let target = made.publishingEndpoints {
                try stack.publish(reservation, to: target.ipv4, endpoint6: target.ipv6)
            }
            return RunNetwork(
                sandbox: made, reservation: reservation, addresses: Self.addresses(of: made),
                ports: reservation?.ports ?? [])
        } catch {
            sandbox?.close()
            if let reservation { stack.unpublish(reservation) }
            if error.code == .portTaken, let holder = PortHolder.find(ports, besides: record.id, store) {
                throw EngineError(.portTaken, error.subject, "port is already allocated: \(holder) has it")
            }
            // Whichever network it is about: an error that names one is not about the first.
            throw EngineError(error, error.subject.isEmpty ? "network \(requests.first?.network.name ?? "none")" : "")
        }
    }

    /// The network that published ports lead into: that with the default route among those that publish any.
    private static func publishing(_ requests: [EndpointRequest]) -> NetworkPlan? {
        let publishing = requests.filter(\.network.publishesPorts)
        let highest = publishing.map(\.gatewayPriority).max()
        return publishing.first { $0.gatewayPriority == highest }?.network
    }

    /// Ports without a host address take that of the network, if it names one.
    static func bound(_ ports: [PortMapping], in network: NetworkPlan) -> [PortMapping] {
        guard let binding = network.hostBinding else { return ports }
        return ports.map { port in
            var port = port
            port.hostAddress = port.hostAddress ?? .v4(binding)
            return port
        }
    }

    static func addresses(of sandbox: Sandbox) -> [String: EndpointAddress] {
        var addresses: [String: EndpointAddress] = [:]
        for endpoint in sandbox.endpoints {
            let network = endpoint.network
            var address = EndpointAddress(
                ipv4: endpoint.ipv4.map { "\($0)" } ?? "", prefixLength: network.subnet?.prefixLength ?? 0,
                gateway: endpoint.ipv4.flatMap { _ in network.gateway.map { "\($0)" } } ?? "",
                macAddress: "\(endpoint.macAddress)")
            if let ipv6 = endpoint.ipv6 {
                address.ipv6 = "\(ipv6)"
                address.prefixLength6 = network.subnet6?.prefixLength
                address.gateway6 = network.gateway6.map { "\($0)" }
            }
            addresses[network.name] = address
        }
        return addresses
    }
}
