internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Synchronization
public import SystemPackage

/// Passes the datagrams of a socket on to another address, and the answers back to those who asked.
///
/// Runs on the loop's thread, as ``TCPProxy``. A client that has been silent for 90 seconds is forgotten.
public final class UDPProxy: Sendable {
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
    private final class Session: Sendable {
        let socket: Descriptor
        let endpoints: Mutex<clinux_endpoints>
        let lastUse: Atomic<Int64>

        init(socket: consuming Descriptor, endpoints: clinux_endpoints) {
            self.socket = socket
            self.endpoints = Mutex(endpoints)
            lastUse = Atomic(monotonicNanoseconds())
        }
    }

    private struct State {
        var backend: SocketAddress?
        var sessions: [Client: Session] = [:]
        var timer: Int?
    }

    private let loop: EventLoop
    private let socket: Descriptor
    private let state = Mutex(State())

    /// - Parameter socket: bound and non-blocking.
    public init(loop: EventLoop, socket: consuming Descriptor) throws(Errno) {
        self.loop = loop
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
        let first = state.withLock { state in
            defer { state.backend = backend }
            return state.backend == nil
        }
        if first {
            try loop.add(socket.raw, .readable) { [self] _ in receive() }
            scheduleSweep()
        }
    }

    /// Forgets all clients. The port is free once the value is let go of.
    public func stop() {
        let old = state.withLock { state in
            defer { state = State() }
            return state
        }
        guard old.backend != nil else { return }
        loop.remove(socket.raw)
        if let timer = old.timer { loop.cancelTimer(timer) }
        for session in old.sessions.values { loop.remove(session.socket.raw) }
    }

    private func receive() {
        withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 16) { buffer in
            for _ in 0..<64 {
                var endpoints = clinux_endpoints()
                let count = clinux_receive_datagram(socket.raw, buffer.baseAddress, UInt(buffer.count), &endpoints)
                guard count >= 0 else { return }
                guard let session = session(for: endpoints) else { continue }
                session.lastUse.store(monotonicNanoseconds(), ordering: .relaxed)
                _ = send(session.socket.raw, buffer.baseAddress, count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            }
        }
    }

    private func session(for endpoints: clinux_endpoints) -> Session? {
        guard let address = SocketAddress(kernelForm: endpoints.peer) else { return nil }
        let local = withUnsafeBytes(of: endpoints.local) { Array($0) }
        let client = Client(address: address, local: local)
        let (known, backend) = state.withLock { ($0.sessions[client], $0.backend) }
        if let known { return known }
        guard let backend, let socket = try? Descriptor.socket(backend.family, .datagram),
            (try? socket.connect(to: backend)) != nil
        else { return nil }
        let session = Session(socket: socket, endpoints: endpoints)
        guard (try? loop.add(session.socket.raw, .readable, handler: { [self] _ in answer(session) })) != nil else {
            return nil
        }
        let evicted = state.withLock { state -> Session? in
            var evicted: Session?
            if state.sessions.count >= Self.maximumClients {
                let oldest = state.sessions.min {
                    $0.value.lastUse.load(ordering: .relaxed) < $1.value.lastUse.load(ordering: .relaxed)
                }
                evicted = oldest.flatMap { state.sessions.removeValue(forKey: $0.key) }
            }
            state.sessions[client] = session
            return evicted
        }
        if let evicted { loop.remove(evicted.socket.raw) }
        return session
    }

    private func answer(_ session: Session) {
        withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 16) { buffer in
            for _ in 0..<64 {
                let count = recv(session.socket.raw, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                // A refusal by the container (ECONNREFUSED) is used up by this call as well.
                guard count >= 0 else { return }
                session.lastUse.store(monotonicNanoseconds(), ordering: .relaxed)
                var endpoints = session.endpoints.withLock { $0 }
                _ = clinux_send_datagram(socket.raw, buffer.baseAddress, UInt(count), &endpoints)
            }
        }
    }

    private func scheduleSweep() {
        let timer = loop.after(nanoseconds: Self.sweepNanoseconds) { [weak self] in
            self?.sweep()
        }
        state.withLock { $0.timer = timer }
    }

    private func sweep() {
        let limit = monotonicNanoseconds() - Self.idleNanoseconds
        let (idle, running) = state.withLock { state in
            let idle = state.sessions.filter { $0.value.lastUse.load(ordering: .relaxed) < limit }
            for client in idle.keys { state.sessions[client] = nil }
            return (Array(idle.values), state.backend != nil)
        }
        for session in idle { loop.remove(session.socket.raw) }
        if running { scheduleSweep() }
    }
}
