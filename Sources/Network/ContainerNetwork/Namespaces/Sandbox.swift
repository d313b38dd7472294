public import DNS
internal import LinuxSystem
internal import Netlink
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// A container's network namespace with its interfaces and name service. Lives as long as the container runs.
public final class Sandbox: Sendable {
    private struct Attachment {
        var request: EndpointRequest
        var endpoint: Endpoint
    }

    private struct State {
        var namespace: PreparedNamespace?
        var attachments: [Attachment] = []
        var resolver: ResolverSettings
        var service: NameService?
    }

    private let host: HostNetwork
    private let server: DNSServer
    private let state: Mutex<State>

    init(host: HostNetwork, server: DNSServer, namespace: PreparedNamespace, resolver: ResolverSettings) {
        self.host = host
        self.server = server
        state = Mutex(State(namespace: namespace, resolver: resolver))
    }

    /// The namespace, for setns(2) in the container's first process. Valid until ``close()``, then -1.
    public var namespace: Int32 { state.withLock { $0.namespace?.descriptor.raw ?? -1 } }

    /// The sockets of its name service: kept open elsewhere, they let a next supervisor answer what was asked meanwhile.
    /// Each of them keeps the namespace alive. nil after ``close()``.
    public var resolverSockets: ResolverSockets? { state.withLock { $0.namespace?.resolver } }

    /// In the order of the requests; the first of those with the highest gateway priority has the default route.
    public var endpoints: [Endpoint] { attachments.map(\.endpoint) }

    /// The endpoint with the default route, of IPv4 if there is one; nil if there is none or all networks are internal.
    public var gatewayEndpoint: Endpoint? { gatewayEndpoint4 ?? gatewayEndpoint6 }

    /// The endpoint with the default route of IPv4.
    public var gatewayEndpoint4: Endpoint? {
        Self.gateway(attachments.filter { $0.endpoint.ipv4 != nil })
    }

    /// The endpoint with the default route of IPv6.
    public var gatewayEndpoint6: Endpoint? {
        Self.gateway(attachments.filter { $0.endpoint.ipv6 != nil })
    }

    /// Where published ports of both families lead to; nil if no network publishes any.
    public var publishingEndpoints: (ipv4: Endpoint, ipv6: Endpoint?)? {
        let publishing = attachments.filter(\.endpoint.network.publishesPorts)
        let ipv6 = Self.gateway(publishing.filter { $0.endpoint.ipv6 != nil })
        guard let first = Self.gateway(publishing.filter { $0.endpoint.ipv4 != nil }) ?? ipv6 else { return nil }
        return (first, ipv6)
    }

    private var attachments: [Attachment] { state.withLock { $0.attachments } }

    private static func gateway(_ attachments: [Attachment]) -> Endpoint? {
        let open = attachments.filter { !$0.endpoint.network.isInternal }
        let highest = open.map(\.request.gatewayPriority).max()
        return open.first { $0.request.gatewayPriority == highest }?.endpoint
    }

    private func open() throws(NetworkError) -> PreparedNamespace {
        guard let namespace = state.withLock({ $0.namespace }) else {
            throw NetworkError(.invalid, "network namespace", "the container is not running")
        }
        return namespace
    }

    /// Makes the interfaces of a new container, then starts its name service.
    func attach(_ requests: [EndpointRequest]) throws(NetworkError) {
        let namespace = try open()
        defer { namespace.closeSession() }
        let wanted = Set(requests.compactMap(\.interfaceName))
        for request in requests {
            let name = try interfaceName(for: request, besides: wanted)
            let endpoint = try host.attach(request, as: name, in: namespace)
            record(endpoint, of: request)
        }
        try setDefaultRoutes(in: namespace)
        try serve()
    }

    /// Puts a running container into one more network, which has been ensured. Its default route and its names change
    /// with that.
    public func add(_ request: EndpointRequest) throws(NetworkError) {
        if attachments.contains(where: { $0.endpoint.network.id == request.network.id }) {
            throw NetworkError(.invalid, "network \(request.network.name)", "the container is in it already")
        }
        try attach([request])
    }

    /// Takes a running container out of a network: interface, addresses and names. No error if it is not in it.
    public func remove(network id: String) throws(NetworkError) {
        let namespace = try open()
        defer { namespace.closeSession() }
        guard let attachment = attachments.first(where: { $0.endpoint.network.id == id }) else { return }
        let session = try namespace.session()
        try NetworkError.explaining("network \(attachment.endpoint.network.name)") {
            let failures = try session.performAll([.deleteLink(name: attachment.endpoint.interfaceName)])
            if let failure = failures[0], !failure.isMissingLink { throw failure }
        }
        state.withLock { state in state.attachments.removeAll { $0.endpoint.network.id == id } }
        try setDefaultRoutes(in: namespace)
        try serve()
    }

    /// Makes everything as it was when the container was attached: networks, interfaces, addresses, default routes.
    func mend() throws(NetworkError) {
        let namespace = try open()
        defer { namespace.closeSession() }
        for attachment in attachments {
            try host.mend(attachment.endpoint, attachment.request, in: namespace)
        }
        try setDefaultRoutes(in: namespace)
    }

    /// Takes over the interfaces that a running container has.
    func adopt(_ requests: [EndpointRequest]) throws(NetworkError) {
        let namespace = try open()
        let session = try namespace.session()
        defer { namespace.closeSession() }
        let (links, addresses) = try NetworkError.explaining("network namespace") {
            (try session.links(), try session.addresses())
        }
        for request in requests {
            let own = request.ipv4.map { IPAddress.v4($0) } ?? request.ipv6.map { IPAddress.v6($0) }
            let index = addresses.first { $0.address == own }?.interface
            guard let link = links.first(where: { $0.index == index }) else { continue }
            let endpoint = Endpoint(
                network: request.network, ipv4: request.ipv4, ipv6: request.ipv6,
                macAddress: link.macAddress ?? request.effectiveAddress, interfaceName: link.name)
            record(endpoint, of: request)
        }
        try serve()
    }

    /// Stops DNS and lets go of the namespace; its interfaces vanish with the container's last process. Idempotent.
    public func close() {
        let service = state.withLock { state in
            defer {
                state.namespace = nil
                state.service = nil
            }
            return state.service
        }
        service?.stop()
    }

    deinit { close() }

    private func record(_ endpoint: Endpoint, of request: EndpointRequest) {
        state.withLock { $0.attachments.append(Attachment(request: request, endpoint: endpoint)) }
    }

    /// The name that is asked for, or the first free one that nobody else asks for.
    private func interfaceName(
        for request: EndpointRequest, besides wanted: Set<String>
    ) throws(NetworkError) -> String {
        if let name = request.interfaceName {
            guard let other = endpoints.first(where: { $0.interfaceName == name }) else { return name }
            throw NetworkError(
                .invalid, "network \(request.network.name)",
                "interface_name \"\(name)\" is that of network \(other.network.name) as well")
        }
        let taken = wanted.union(endpoints.map(\.interfaceName))
        let prefix = request.network.interfacePrefix ?? "eth"
        var number = 0
        while taken.contains("\(prefix)\(number)") { number += 1 }
        return "\(prefix)\(number)"
    }

    private func setDefaultRoutes(in namespace: PreparedNamespace) throws(NetworkError) {
        if let endpoint = gatewayEndpoint4 {
            try setDefaultRoute(via: endpoint.network.gateway.map { .v4($0) }, of: endpoint, in: namespace)
        }
        if let endpoint = gatewayEndpoint6 {
            try setDefaultRoute(via: endpoint.network.gateway6.map { .v6($0) }, of: endpoint, in: namespace)
        }
    }

    private func setDefaultRoute(
        via gateway: IPAddress?, of endpoint: Endpoint, in namespace: PreparedNamespace
    ) throws(NetworkError) {
        guard let gateway else { return }
        let session = try namespace.session()
        try NetworkError.explaining("network \(endpoint.network.name)") {
            guard let link = try session.link(named: endpoint.interfaceName) else { return }
            let isIPv6 = if case .v6 = gateway { true } else { false }
            switch endpoint.network.kind {
            // On layer 3 there are no neighbours, so no gateway among them either.
            case .ipvlan(.l3, _), .ipvlan(.l3s, _):
                try session.perform(.setDefaultRoute(interface: link.index, isIPv6: isIPv6))
            case .bridge, .macvlan, .ipvlan(.l2, _):
                try session.perform(.setDefaultRoute(gateway: gateway, interface: link.index))
            }
        }
    }

    /// Starts the name service or tells it what has changed.
    private func serve() throws(NetworkError) {
        var order = endpoints
        if let gateway = gatewayEndpoint, let index = order.firstIndex(of: gateway) { order.swapAt(0, index) }
        let (resolver, service, namespace) = state.withLock { ($0.resolver, $0.service, $0.namespace) }
        let client = ResolverClient(
            networks: order.map(\.network.id), links: resolver.links, servers: resolver.servers,
            mayForward: !resolver.servers.isEmpty || order.contains { !$0.network.isInternal })
        if let service { return service.update(client) }
        guard let namespace, !client.networks.isEmpty else { return }
        let started = try NetworkError.explaining("name service") {
            try server.serve(namespace.resolver, for: client)
        }
        state.withLock { $0.service = started }
    }
}
