public import DNS
internal import LinuxSystem
internal import Netlink
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// A container's network namespace with its interfaces and name service. Lives as long as the container runs.
public final class Sandbox: Sendable {
    private struct State {
        var namespace: PreparedNamespace?
        var endpoints: [Endpoint] = []
        var priorities: [String: Int] = [:]
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
    public var endpoints: [Endpoint] { state.withLock { $0.endpoints } }

    /// The endpoint with the default route; nil if there is none or all networks are internal.
    public var gatewayEndpoint: Endpoint? { state.withLock { Self.gateway(of: $0) } }

    private static func gateway(of state: State) -> Endpoint? {
        var best: Endpoint?
        for endpoint in state.endpoints where !endpoint.network.isInternal {
            let priority = state.priorities[endpoint.network.id] ?? 0
            if let current = best, priority <= state.priorities[current.network.id] ?? 0 { continue }
            best = endpoint
        }
        return best
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
        for request in requests {
            let endpoint = try host.attach(request, as: freeInterfaceName(for: request), in: namespace)
            record(endpoint, of: request)
        }
        if let gateway = gatewayEndpoint { try setDefaultRoute(to: gateway, in: namespace) }
        try serve()
    }

    /// Adds an interface to a running container; names are looked up in its network too.
    public func join(_ request: EndpointRequest) throws(NetworkError) {
        let namespace = try open()
        defer { namespace.closeSession() }
        let endpoint = try host.attach(request, as: freeInterfaceName(for: request), in: namespace)
        record(endpoint, of: request)
        if gatewayEndpoint == endpoint { try setDefaultRoute(to: endpoint, in: namespace) }
        try serve()
    }

    /// Removes the interface in a network, given by its id. No error if there is none.
    public func leave(_ network: String) throws(NetworkError) {
        guard let endpoint = endpoints.first(where: { $0.network.id == network }) else { return }
        let namespace = try open()
        defer { namespace.closeSession() }
        let session = try namespace.session()
        // Its other end goes with it.
        try NetworkError.explaining("network \(endpoint.network.name)") {
            try session.perform([.deleteLink(name: endpoint.interfaceName)])
        }
        let wasGateway = gatewayEndpoint == endpoint
        state.withLock { state in
            state.endpoints.removeAll { $0.network.id == network }
            state.priorities[network] = nil
        }
        if wasGateway, let next = gatewayEndpoint { try setDefaultRoute(to: next, in: namespace) }
        try serve()
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
            let index = addresses.first { $0.address == request.ipv4 }?.interface
            guard let link = links.first(where: { $0.index == index }) else { continue }
            let endpoint = Endpoint(
                network: request.network, ipv4: request.ipv4, ipv6: request.ipv6,
                macAddress: link.macAddress ?? request.effectiveAddress, interfaceName: link.name, hostInterface: "")
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
        state.withLock { state in
            state.endpoints.append(endpoint)
            state.priorities[endpoint.network.id] = request.gatewayPriority
        }
    }

    private func freeInterfaceName(for request: EndpointRequest) -> String {
        if let name = request.interfaceName { return name }
        let taken = Set(endpoints.map(\.interfaceName))
        let prefix = request.network.interfacePrefix ?? "eth"
        var number = 0
        while taken.contains("\(prefix)\(number)") { number += 1 }
        return "\(prefix)\(number)"
    }

    private func setDefaultRoute(to endpoint: Endpoint, in namespace: PreparedNamespace) throws(NetworkError) {
        let session = try namespace.session()
        try NetworkError.explaining("network \(endpoint.network.name)") {
            guard let link = try session.link(named: endpoint.interfaceName) else { return }
            var requests = [Request.setDefaultRoute(gateway: .v4(endpoint.network.gateway), interface: link.index)]
            if let gateway6 = endpoint.network.gateway6, endpoint.ipv6 != nil {
                requests.append(.setDefaultRoute(gateway: .v6(gateway6), interface: link.index))
            }
            try session.perform(requests)
        }
    }

    /// Starts the name service or tells it what has changed.
    private func serve() throws(NetworkError) {
        let (client, service, namespace) = state.withLock {
            state -> (ResolverClient, NameService?, PreparedNamespace?) in
            var order = state.endpoints
            if let gateway = Self.gateway(of: state), let index = order.firstIndex(of: gateway) {
                order.swapAt(0, index)
            }
            let client = ResolverClient(
                networks: order.map(\.network.id), links: state.resolver.links, servers: state.resolver.servers,
                mayForward: order.contains { !$0.network.isInternal })
            return (client, state.service, state.namespace)
        }
        if let service { return service.update(client) }
        guard let namespace, !client.networks.isEmpty else { return }
        let started = try NetworkError.explaining("name service") {
            try server.serve(namespace.resolver, for: client)
        }
        state.withLock { $0.service = started }
    }
}
