public import DNS
internal import Firewall
public import LinuxSystem
public import Primitives

/// The networks of this host as one process sees them: what a supervisor needs to attach, name and publish containers.
///
/// All functions may be called from any thread, several at a time, and block for at most some milliseconds of kernel
/// work. DNS and port proxies run on the event loop given. Works in the network namespace of the thread that made it,
/// which its users and the loop's thread must share.
public final class NetworkStack: Sendable {
    /// Bridges and rules; usable without a ``NetworkStack`` (and its loop) too.
    public let host: HostNetwork
    private let server: DNSServer
    private let pool: NamespacePool
    private let publisher: PortPublisher

    /// - Parameters:
    ///   - runRoot: directory for what must outlive this process but not a boot, such as `/run/compose`.
    ///   - loop: serves DNS and proxies; someone else runs it.
    ///   - readyNamespaces: how many to keep ready for containers to come.
    ///   - resolvConf: the host's resolv.conf(5).
    public init(
        runRoot: String, loop: EventLoop, readyNamespaces: Int = 4, resolvConf: String = "/etc/resolv.conf"
    ) throws(NetworkError) {
        host = try HostNetwork(runRoot: runRoot)
        server = DNSServer(loop: loop, resolvConf: resolvConf)
        pool = NamespacePool(size: readyNamespaces)
        publisher = PortPublisher(host: host, loop: loop)
        pool.fill()
    }

    /// Lets go of the namespaces kept ready.
    public func close() { pool.close() }

    deinit { pool.close() }

    /// Makes a network namespace for a container that will be started in it, attached to `endpoints`, with DNS running.
    /// No endpoints: only `lo` (network mode `none`).
    public func createSandbox(
        for containerID: String, endpoints: [EndpointRequest], resolver: ResolverSettings
    ) throws(NetworkError) -> Sandbox {
        let sandbox = Sandbox(host: host, server: server, namespace: try pool.take(), resolver: resolver)
        do throws(NetworkError) {
            try sandbox.attach(endpoints)
        } catch {
            sandbox.close()
            throw error
        }
        return sandbox
    }

    /// Takes over the network of a running container whose supervisor died: DNS answers again. `pid` is its process 1,
    /// whose identity the caller has checked.
    ///
    /// - Parameter sockets: those of ``Sandbox/resolverSockets`` that outlived the supervisor; nil opens new ones.
    public func adoptSandbox(
        for containerID: String, pid: Int32, endpoints: [EndpointRequest], resolver: ResolverSettings,
        sockets: ResolverSockets? = nil
    ) throws(NetworkError) -> Sandbox {
        let namespace = try PreparedNamespace.adopt(pid: pid, resolver: sockets)
        let sandbox = Sandbox(host: host, server: server, namespace: namespace, resolver: resolver)
        do throws(NetworkError) {
            try sandbox.adopt(endpoints)
        } catch {
            sandbox.close()
            throw error
        }
        return sandbox
    }

    /// Sets all names of a container in all its networks, replacing earlier ones. Containers of other projects in
    /// shared networks have to be told too.
    public func setNames(of containerID: String, _ records: [NameRecord]) {
        server.setNames(of: containerID, records)
    }

    /// Nobody finds the container by name any more.
    public func removeNames(of containerID: String) {
        server.removeNames(of: containerID)
    }

    /// Binds host ports, all or none, so that nobody else can take them. Fails with `.portTaken`.
    ///
    /// - Parameter network: the one that the ports will lead into; where it is routed no port of the host is bound.
    public func reservePorts(
        _ requests: [PortMapping], in network: NetworkPlan? = nil
    ) throws(NetworkError) -> PortReservation {
        try publisher.reserve(requests, in: network)
    }

    /// Binds ports again after ``adoptSandbox``: those recorded by the earlier supervisor.
    ///
    /// - Parameter requests: what they were asked for with, for where `network` is routed.
    public func reservePorts(
        again ports: [BoundPort], for requests: [PortMapping] = [], in network: NetworkPlan? = nil
    ) throws(NetworkError) -> PortReservation {
        try publisher.reserve(again: ports, for: requests, in: network)
    }

    /// Makes the reserved ports lead to the container: by kernel rules where possible, else through a proxy.
    /// `endpoint` is the one with the default route, `endpoint6` that with the one of IPv6 if it is another.
    /// Idempotent.
    @discardableResult
    public func publish(
        _ reservation: PortReservation, to endpoint: Endpoint, endpoint6: Endpoint? = nil
    ) throws(NetworkError) -> [NetworkWarning] {
        try publisher.publish(reservation, to: endpoint, endpoint6: endpoint6)
    }

    /// Makes published ports lead to another container; connections that there are stay where they are.
    public func redirect(
        _ reservation: PortReservation, to endpoint: Endpoint, endpoint6: Endpoint? = nil
    ) throws(NetworkError) {
        try publisher.redirect(reservation, to: endpoint, endpoint6: endpoint6)
    }

    /// Takes away the rules for ports of a container that ended while no supervisor watched. The addresses are those it
    /// had in `network`; ports that lead elsewhere by now are left alone.
    ///
    /// - Parameter requests: what they were asked for with, for where `network` is routed.
    public func withdraw(
        _ ports: [BoundPort], for requests: [PortMapping] = [], of address: IPv4Address?,
        _ address6: IPv6Address? = nil, in network: NetworkPlan
    ) {
        publisher.withdraw(ports, requests, of: PortTarget(ipv4: address, ipv6: address6), in: network)
    }

    /// Makes what a running container has of its networks as it was when it was attached, whatever somebody else did to
    /// interfaces, addresses and routes. The networks have been ensured.
    ///
    /// - Parameter reservation: its ports, if their rules are gone.
    public func mend(_ sandbox: Sandbox, _ reservation: PortReservation?) throws(NetworkError) {
        try sandbox.mend()
        guard let reservation, let target = sandbox.publishingEndpoints else { return }
        try publish(reservation, to: target.ipv4, endpoint6: target.ipv6)
    }

    /// Takes the rules away and closes the ports. Never fails; what cannot be removed goes with the network.
    public func unpublish(_ reservation: PortReservation) {
        publisher.unpublish(reservation)
    }
}
