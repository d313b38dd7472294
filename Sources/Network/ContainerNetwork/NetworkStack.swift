public import LinuxSystem
public import Primitives

/// The networks of this host as one process sees them: what a supervisor needs to attach, name and publish containers.
///
/// All functions may be called from any thread, several at a time, and block for at most some milliseconds of kernel
/// work. DNS and port proxies run on the event loop given.
public final class NetworkStack: Sendable {
    /// - Parameters:
    ///   - runRoot: directory for what must outlive this process but not a boot, such as `/run/compose`.
    ///   - loop: serves DNS and proxies; someone else runs it.
    public init(runRoot: String, loop: EventLoop) throws(NetworkError) {
        throw NetworkError(.unsupported, "network", "not there yet")
    }

    /// Bridges and rules; usable without a ``NetworkStack`` (and its loop) too.
    public var host: HostNetwork { fatalError() }

    /// Makes a network namespace for a container that will be started in it, attached to `endpoints`, with DNS running.
    /// No endpoints: only `lo` (network mode `none`).
    public func createSandbox(
        for containerID: String, endpoints: [EndpointRequest], resolver: ResolverSettings
    ) throws(NetworkError) -> Sandbox { fatalError() }

    /// Takes over the network of a running container whose supervisor died: DNS answers again. `pid` is its process 1,
    /// whose identity the caller has checked.
    public func adoptSandbox(
        for containerID: String, pid: Int32, endpoints: [EndpointRequest], resolver: ResolverSettings
    ) throws(NetworkError) -> Sandbox { fatalError() }

    /// Sets all names of a container in all its networks, replacing earlier ones. Containers of other projects in
    /// shared networks have to be told too.
    public func setNames(of containerID: String, _ entries: [NameEntry]) {}

    public func removeNames(of containerID: String) {}

    /// Binds host ports, all or none, so that nobody else can take them. Fails with `.portTaken`.
    public func reservePorts(_ requests: [PortRequest]) throws(NetworkError) -> PortReservation { fatalError() }

    /// Binds ports again after ``adoptSandbox``: those recorded by the earlier supervisor.
    public func reservePorts(again ports: [PublishedPort]) throws(NetworkError) -> PortReservation { fatalError() }

    /// Makes the reserved ports lead to the container: by kernel rules where possible, else through a proxy.
    /// `endpoint` is the one with the default route. Idempotent.
    @discardableResult
    public func publish(_ reservation: PortReservation, to endpoint: Endpoint) throws(NetworkError) -> [NetworkWarning] {
        fatalError()
    }

    /// Takes the rules away and closes the ports. Never fails; what cannot be removed goes with the network.
    public func unpublish(_ reservation: PortReservation) {}
}

/// Bridges, host routes and packet rules.
public final class HostNetwork: Sendable {
    public init(runRoot: String) throws(NetworkError) { throw NetworkError(.unsupported, "network", "not there yet") }

    /// Subnets that addresses and routes of the host use: not to be given to a new network.
    public func occupiedSubnets() throws(NetworkError) -> [IPv4Subnet] { fatalError() }

    /// Makes bridge, sysctls and packet rules as they should be; what is right already stays. Returns what works less
    /// well than it should.
    @discardableResult
    public func ensure(_ network: BridgeNetwork) throws(NetworkError) -> [NetworkWarning] { fatalError() }

    /// Removes bridge, rules and interfaces of the network; what is gone already is no error.
    public func remove(_ network: BridgeNetwork) throws(NetworkError) { fatalError() }
}

/// A container's network namespace with its interfaces and name service. Lives as long as the container runs.
public final class Sandbox: Sendable {
    init() {}
    /// The namespace, for setns(2) in the container's first process. Valid until ``close()``.
    public var namespace: Int32 { fatalError() }

    /// In the order of the requests; the first of those with the highest gateway priority has the default route.
    public var endpoints: [Endpoint] { fatalError() }

    /// The endpoint with the default route; nil if there is none or all networks are internal.
    public var gatewayEndpoint: Endpoint? { fatalError() }

    /// Attaches the running container to another network.
    public func connect(_ request: EndpointRequest) throws(NetworkError) -> Endpoint { fatalError() }

    public func disconnect(networkID: String) throws(NetworkError) { fatalError() }

    /// Changes what the resolver does for this container.
    public func setResolver(_ settings: ResolverSettings) {}

    /// Stops DNS and lets go of the namespace; its interfaces vanish with the container's last process. Idempotent.
    public func close() {}
}

/// Host ports bound by us. Unused ones are closed by ``NetworkStack/unpublish(_:)``.
public final class PortReservation: Sendable {
    init() {}
    /// As bound: one entry per request and family, in the order of the requests.
    public var ports: [PublishedPort] { fatalError() }
}
