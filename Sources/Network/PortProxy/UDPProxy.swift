internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Primitives
public import SystemPackage

/// Passes the datagrams of a socket on to another address, and the answers back to those who asked.
///
/// A client that has been silent for 90 seconds is forgotten.
@LoopActor
public final class UDPProxy {
    private static let idleNanoseconds: Int64 = 90_000_000_000
    private static let sweepNanoseconds: Int64 = 15_000_000_000
    /// Clients at a time; the one that was silent for longest makes room.
    private static let maximumClients = 2048
    private static let bufferSize = 65536

    private struct Client: Hashable {
        var address: SocketAddress
        /// Which of our addresses it wrote to: its answers come from there.
        var local: [UInt8]
    }

    /// A client's socket towards the backend.
    @LoopActor
    private final class Session {
        let socket: Descriptor
        var endpoints: clinux_endpoints
        var lastUse = monotonicNanoseconds()

        init(socket: consuming Descriptor, endpoints: clinux_endpoints) {
            self.socket = socket
            self.endpoints = endpoints
        }
    }

    private let loop: EventLoop
    private let budget: ProxyBudget
    private let socket: Descriptor
    private var backend: SocketAddress?
    private var sessions: [Client: Session] = [:]
    private var timer: EventLoop.Timer?

    /// - Parameters:
    ///   - budget: shared by the proxies of the process.
    ///   - socket: bound and non-blocking.
    public nonisolated init(loop: EventLoop, budget: ProxyBudget, socket: consuming Descriptor) throws(Errno) {
        self.loop = loop
        self.budget = budget
        let isIPv6 = try socket.localAddress()?.family == AF_INET6
        if isIPv6 {
            try socket.setOption(Int32(IPPROTO_IPV6), IPV6_RECVPKTINFO, 1)
        } else {
            try socket.setOption(Int32(IPPROTO_IP), IP_PKTINFO, 1)
        }
        self.socket = socket
    }

    /// Begins to pass datagrams on, or leads those of new clients elsewhere.
    public func start(to backend: SocketAddress) throws(Errno) {
        if self.backend == nil {
            try loop.add(socket.raw, .readable) { [self] _ in receive() }
            scheduleSweep()
        }
        self.backend = backend
    }

    /// Forgets all clients. The port is free once the value is let go of.
    public func stop() {
        backend = nil
        loop.remove(socket.raw)
        loop.cancel(timer)
        for client in Array(sessions.keys) { forget(client) }
    }

    private func receive() {
        withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 16) { buffer in
            for _ in 0..<64 {
                var endpoints = clinux_endpoints()
                let count = clinux_receive_datagram(socket.raw, buffer.baseAddress, UInt(buffer.count), &endpoints)
                guard count >= 0 else { return }
                guard let session = session(for: endpoints) else { continue }
                session.lastUse = monotonicNanoseconds()
                _ = send(session.socket.raw, buffer.baseAddress, count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            }
        }
    }

    private func session(for endpoints: clinux_endpoints) -> Session? {
        guard let address = SocketAddress(kernelForm: endpoints.peer) else { return nil }
        let local = withUnsafeBytes(of: endpoints.local) { Array($0) }
        let client = Client(address: address, local: local)
        if let known = sessions[client] { return known }
        guard let backend, makeRoom(for: address.address) else { return nil }
        var isKept = false
        defer { if !isKept { budget.release(address.address) } }
        guard let socket = try? Descriptor.socket(backend.family, .datagram),
            (try? socket.connect(to: backend)) != nil
        else { return nil }
        let session = Session(socket: socket, endpoints: endpoints)
        guard (try? loop.add(session.socket.raw, .readable, handler: { [self] _ in answer(session) })) != nil else {
            return nil
        }
        sessions[client] = session
        isKept = true
        return session
    }

    /// Whoever was silent for longest makes room for a new client.
    private func makeRoom(for source: IPAddress) -> Bool {
        if sessions.count < Self.maximumClients, budget.admit(source) { return true }
        let own = sessions.filter { $0.key.address.address == source }
        let crowd = own.count < budget.connectionsOfSource ? sessions : own
        guard let oldest = crowd.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return false }
        forget(oldest.key)
        return budget.admit(source)
    }

    private func answer(_ session: Session) {
        withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 16) { buffer in
            for _ in 0..<64 {
                let count = recv(session.socket.raw, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                // A refusal by the container (ECONNREFUSED) is used up by this call as well.
                guard count >= 0 else { return }
                session.lastUse = monotonicNanoseconds()
                _ = clinux_send_datagram(socket.raw, buffer.baseAddress, UInt(count), &session.endpoints)
            }
        }
    }

    private func scheduleSweep() {
        timer = loop.after(nanoseconds: Self.sweepNanoseconds) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        let limit = monotonicNanoseconds() - Self.idleNanoseconds
        for (client, session) in sessions where session.lastUse < limit { forget(client) }
        scheduleSweep()
    }

    private func forget(_ client: Client) {
        guard let session = sessions.removeValue(forKey: client) else { return }
        loop.remove(session.socket.raw)
        budget.release(client.address.address)
    }
}
