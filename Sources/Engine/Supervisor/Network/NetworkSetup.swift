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
            guard let known = record.container.addresses[network.name], let address = IPv4Address(known.ipv4) else {
                throw EngineError(.system, "container \(record.name)", "its address in \(network.name) is not recorded")
            }
            return (address, nil)
        }
        let sandbox = try EngineError.explaining("container \(record.name)") {
            try stack.adoptSandbox(
                for: record.id, pid: pid, endpoints: requests, resolver: try resolverOrNone(record),
                sockets: keptSockets(of: record.id))
        }
        var reservation: PortReservation?
        if let endpoint = sandbox.gatewayEndpoint, !record.container.ports.isEmpty {
            reservation = try? stack.reservePorts(again: record.container.ports)
            if let reservation { _ = try? stack.publish(reservation, to: endpoint) }
        }
        return RunNetwork(
            sandbox: sandbox, reservation: reservation, addresses: record.container.addresses,
            ports: record.container.ports)
    }

    /// What is left on the host of a container that ended while no supervisor lived: the rules of its ports.
    func adoptEnded(_ record: ContainerRecord) -> RunNetwork {
        let ports = record.container.ports
        for (name, known) in record.container.addresses where !ports.isEmpty {
            guard let address = IPv4Address(known.ipv4), let found = try? store.network(matching: name),
                let bridge = try? store.bridge(of: found)
            else { continue }
            stack.withdraw(ports, of: address, in: bridge)
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
            if requests.contains(where: { !$0.network.isInternal }), !ports.isEmpty {
                reservation = try stack.reservePorts(Self.bound(ports, as: requests))
            }
            let made = try stack.createSandbox(for: record.id, endpoints: requests, resolver: resolver)
            sandbox = made
            keepSockets(of: made, record.id)
            if let reservation, let endpoint = made.gatewayEndpoint { try stack.publish(reservation, to: endpoint) }
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

    /// Ports without a host address take that of the network with the default route, if it names one.
    private static func bound(_ ports: [PortMapping], as requests: [EndpointRequest]) -> [PortMapping] {
        let open = requests.filter { !$0.network.isInternal }
        let highest = open.map(\.gatewayPriority).max()
        guard let binding = open.first(where: { $0.gatewayPriority == highest })?.network.hostBinding else {
            return ports
        }
        return ports.map { port in
            var port = port
            port.hostAddress = port.hostAddress ?? .v4(binding)
            return port
        }
    }

    static func addresses(of sandbox: Sandbox) -> [String: EndpointAddress] {
        var addresses: [String: EndpointAddress] = [:]
        for endpoint in sandbox.endpoints {
            addresses[endpoint.network.name] = EndpointAddress(
                ipv4: "\(endpoint.ipv4)", prefixLength: endpoint.network.subnet.prefixLength,
                gateway: "\(endpoint.network.gateway)", macAddress: "\(endpoint.macAddress)")
        }
        return addresses
    }

    // MARK: What the record asks for

    private typealias Lease = (ContainerRecord, BridgeNetwork, NetworkAttachment) throws(EngineError) -> (
        IPv4Address, IPv6Address?
    )

    private func endpoints(of record: ContainerRecord, lease: Lease) throws(EngineError) -> [EndpointRequest] {
        var requests: [EndpointRequest] = []
        guard record.container.configuration.networkMode == .networks else { return [] }
        for attachment in record.container.configuration.networks {
            requests.append(try endpoint(of: record, attachment, isFirst: requests.isEmpty, lease: lease))
        }
        return requests
    }

    /// With addresses that are leased.
    func endpoint(
        of record: ContainerRecord, _ attachment: NetworkAttachment, isFirst: Bool
    ) throws(EngineError) -> EndpointRequest {
        try endpoint(of: record, attachment, isFirst: isFirst, lease: lease)
    }

    private func endpoint(
        of record: ContainerRecord, _ attachment: NetworkAttachment, isFirst: Bool, lease: Lease
    ) throws(EngineError) -> EndpointRequest {
        guard let network = try store.network(matching: attachment.network) else {
            throw EngineError(
                .notFound, "network \(attachment.network)",
                "container \(record.name) needs it, but it does not exist")
        }
        let bridge = try store.bridge(of: network)
        let (ipv4, ipv6) = try lease(record, bridge, attachment)
        var request = EndpointRequest(network: bridge, ipv4: ipv4)
        request.ipv6 = ipv6
        let wanted = attachment.macAddress ?? (isFirst ? record.container.configuration.macAddress : nil)
        request.macAddress = try wanted.map { (text) throws(EngineError) in
            try parsed(MACAddress(text), "MAC address", text, record)
        }
        request.interfaceName = attachment.interfaceName
        request.linkLocalAddresses = try attachment.linkLocalAddresses.map { (text) throws(EngineError) in
            try parsed(IPAddress(text), "address", text, record)
        }
        request.gatewayPriority = attachment.gatewayPriority
        request.parameters = try EngineError.explaining("container \(record.name)") {
            try InterfaceParameter.parse(attachment.driverOptions[InterfaceParameter.option] ?? "")
        }
        return request
    }

    private func lease(
        _ record: ContainerRecord, _ network: BridgeNetwork, _ attachment: NetworkAttachment
    ) throws(EngineError) -> (IPv4Address, IPv6Address?) {
        let fixed4 = try attachment.ipv4Address.map { (text) throws(EngineError) in
            try parsed(IPv4Address(text), "IPv4 address", text, record)
        }
        let fixed6 = try attachment.ipv6Address.map { (text) throws(EngineError) in
            try parsed(IPv6Address(text), "IPv6 address", text, record)
        }
        return try store.transaction {
            // Removing the network forgets it in one transaction with looking at these.
            guard try store.network(matching: network.id) != nil else {
                throw EngineError(
                    .notFound, "network \(network.name)", "it was removed while container \(record.name) started")
            }
            let others = try store.leasedAddresses(network: network.id).filter { $0.value != record.id }.keys
            try store.releaseAddresses(container: record.id, network: network.id)
            let (ipv4, ipv6) = try EngineError.explaining("network \(network.name)") {
                (
                    try AddressPlanner.allocate(
                        in: network, leased: Set(others.compactMap { IPv4Address($0) }), fixed: fixed4),
                    try AddressPlanner.allocate6(
                        in: network, leased: Set(others.compactMap { IPv6Address($0) }), fixed: fixed6)
                )
            }
            try store.leaseAddress("\(ipv4)", network: network.id, container: record.id)
            if let ipv6 { try store.leaseAddress("\(ipv6)", network: network.id, container: record.id) }
            return (ipv4, ipv6)
        }
    }

    private func resolver(_ record: ContainerRecord) throws(EngineError) -> ResolverSettings {
        var settings = ResolverSettings()
        settings.servers = try record.container.configuration.dns.map { (text) throws(EngineError) in
            try parsed(IPAddress(text), "dns server", text, record)
        }
        for (alias, target) in record.container.configuration.links {
            guard let linked = try store.container(matching: target) else {
                throw EngineError(
                    .notFound, "container \(target)", "container \(record.name) links to it, but it does not exist")
            }
            settings.links[alias] = linked.id
        }
        return settings
    }

    private func resolverOrNone(_ record: ContainerRecord) throws(NetworkError) -> ResolverSettings {
        (try? resolver(record)) ?? ResolverSettings()
    }

    private func parsed<Value>(
        _ value: Value?, _ kind: String, _ text: String, _ record: ContainerRecord
    ) throws(EngineError) -> Value {
        if let value { return value }
        throw EngineError(.invalid, "container \(record.name)", "\"\(text)\" is not a valid \(kind)")
    }
}
