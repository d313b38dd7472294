internal import CLinux
internal import DNS
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// A network namespace and the sockets that belong to it. It goes when nobody holds it and no process is in it.
final class PreparedNamespace: Sendable {
    let descriptor: Descriptor
    /// Open only while it is used: a container needs it at its start and hardly ever again.
    private let heldSession: Mutex<NetlinkSession?>
    let resolver: ResolverSockets

    private init(descriptor: consuming Descriptor, session: NetlinkSession, resolver: ResolverSockets) {
        self.descriptor = descriptor
        heldSession = Mutex(session)
        self.resolver = resolver
    }

    /// A new namespace with `lo` up and parameters as containers expect them.
    static func make() throws(NetworkError) -> PreparedNamespace {
        try onThread("network namespace") { () throws(NetworkError) in
            let session = try NetworkError.explaining("network namespace") { try NetlinkSession() }
            try NetworkError.explaining("interface lo") {
                try session.perform(.setLink(index: 1, up: true))
            }
            // Neighbours learn at once who has the address now.
            Sysctl.trySet("ipv4/conf/default/arp_notify", "1")
            Sysctl.trySet("ipv6/conf/default/ndisc_notify", "1")
            // As in Docker: containers may bind low ports and ping without being root.
            Sysctl.trySet("ipv4/ip_unprivileged_port_start", "0")
            Sysctl.trySet("ipv4/ping_group_range", "0 2147483647")
            // Interfaces get IPv6 only where their network has it; `lo` has it always.
            Sysctl.trySet("ipv6/conf/default/disable_ipv6", "1")
            Sysctl.trySet("ipv6/conf/default/accept_dad", "0")
            Sysctl.trySet("ipv6/conf/default/accept_ra", "0")
            return try current(session: session)
        }
    }

    /// The namespace of a running process.
    ///
    /// - Parameter resolver: the sockets of its name service, if somebody kept them open; else new ones are made.
    static func adopt(pid: Int32, resolver: ResolverSockets?) throws(NetworkError) -> PreparedNamespace {
        let path = "/proc/\(pid)/ns/net"
        let namespace = try NetworkError.explaining(path) { try Descriptor.open(path, O_RDONLY) }
        return try onThread(path, joining: namespace) { () throws(NetworkError) in
            let session = try NetworkError.explaining(path) { try NetlinkSession() }
            return try current(session: session, resolver: resolver)
        }
    }

    /// That of the calling thread.
    private static func current(
        session: NetlinkSession, resolver: ResolverSockets? = nil
    ) throws(NetworkError) -> PreparedNamespace {
        try NetworkError.explaining("network namespace") {
            let sockets = if let resolver { resolver } else { try ResolverSockets() }
            return PreparedNamespace(
                descriptor: try Descriptor.open("/proc/thread-self/ns/net", O_RDONLY), session: session,
                resolver: sockets)
        }
    }

    func session() throws(NetworkError) -> NetlinkSession {
        if let open = heldSession.withLock({ $0 }) { return open }
        let opened = try enter { () throws(NetworkError) in
            try NetworkError.explaining("network namespace") { try NetlinkSession() }
        }
        heldSession.withLock { $0 = opened }
        return opened
    }

    func closeSession() {
        heldSession.withLock { $0 = nil }
    }

    /// Runs `body` on a thread that has joined the namespace and ends afterwards.
    func enter<Value: Sendable>(
        _ body: @escaping @Sendable () throws(NetworkError) -> Value
    ) throws(NetworkError) -> Value {
        try Self.onThread("network namespace", joining: descriptor, body)
    }

    private static func onThread<Value: Sendable>(
        _ subject: String, _ body: @escaping @Sendable () throws(NetworkError) -> Value
    ) throws(NetworkError) -> Value {
        try NetworkError.explaining(subject) {
            try NamespaceThread.run(unsharing: CLONE_NEWNET, name: "netns") { Result(catching: body) }
        }.get()
    }

    private static func onThread<Value: Sendable>(
        _ subject: String, joining namespace: borrowing Descriptor,
        _ body: @escaping @Sendable () throws(NetworkError) -> Value
    ) throws(NetworkError) -> Value {
        let result: Result<Value, NetworkError>
        do throws(Errno) {
            result = try NamespaceThread.run(joining: namespace, kind: CLONE_NEWNET, name: "netns") {
                Result(catching: body)
            }
        } catch {
            throw NetworkError(error, subject)
        }
        return try result.get()
    }
}

/// Namespaces made before they are needed: making one is the slowest part of attaching a container.
final class NamespacePool: Sendable {
    private struct State {
        var ready: [PreparedNamespace] = []
        var isFilling = false
        var isClosed = false
    }

    private let size: Int
    private let state = Mutex(State())

    init(size: Int) {
        self.size = size
    }

    /// A ready one, or a new one if none is; more are made meanwhile.
    func take() throws(NetworkError) -> PreparedNamespace {
        let ready = state.withLock { $0.ready.popLast() }
        fill()
        if let ready { return ready }
        return try PreparedNamespace.make()
    }

    /// Makes namespaces on a thread of its own until the pool is full.
    func fill() {
        let starts = state.withLock { state in
            if state.isFilling || state.isClosed || state.ready.count >= size { return false }
            state.isFilling = true
            return true
        }
        guard starts else { return }
        let started: Void? = try? startThread(name: "netns-pool") { [self] in
            while let made = try? PreparedNamespace.make() {
                let full = state.withLock { state in
                    if !state.isClosed { state.ready.append(made) }
                    let full = state.isClosed || state.ready.count >= size
                    if full { state.isFilling = false }
                    return full
                }
                if full { return }
            }
            state.withLock { $0.isFilling = false }
        }
        if started == nil { state.withLock { $0.isFilling = false } }
    }

    /// Lets go of all that are ready and makes no more.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.ready = []
        }
    }
}
