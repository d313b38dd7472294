internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Synchronization
public import SystemPackage

/// Passes the connections of a listening socket on to another address.
///
/// Runs on the loop's thread; connections to the backend are made from that thread's network namespace. All functions
/// may be called from any thread.
public final class TCPProxy: Sendable {
    /// Connections at a time.
    private static let maximumConnections = 4096

    private struct State {
        var backend: SocketAddress?
        var relays: [ObjectIdentifier: Relay] = [:]
        var watching = false
    }

    private let loop: EventLoop
    private let listener: Descriptor
    private let state = Mutex(State())

    /// - Parameter listener: bound, listening and non-blocking; callers wait in its queue until ``start(to:)``.
    public init(loop: EventLoop, listener: consuming Descriptor) {
        self.loop = loop
        self.listener = listener
    }

    /// Begins to accept, or leads further connections elsewhere.
    public func start(to backend: SocketAddress) throws(Errno) {
        let watching = state.withLock { state in
            state.backend = backend
            defer { state.watching = true }
            return state.watching
        }
        if !watching { try loop.add(listener.raw, .readable) { [self] _ in accept() } }
    }

    /// Ends all connections. The port is free once the value is let go of.
    public func stop() {
        let (watching, relays) = state.withLock { state in
            defer { state = State() }
            return (state.watching, Array(state.relays.values))
        }
        if watching { loop.remove(listener.raw) }
        for relay in relays { loop.submit { relay.close() } }
    }

    private func accept() {
        // A bounded number, so that others on the loop get their turn.
        for _ in 0..<64 {
            let raw = clinux_accept4(listener.raw, Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue))
            guard raw >= 0 else { return }
            let client = Descriptor(owning: raw)
            let backend = state.withLock { $0.relays.count < Self.maximumConnections ? $0.backend : nil }
            guard let backend else { continue }
            // Without it a failure to connect is reset for the client as well.
            guard
                let relay = try? Relay(
                    loop: loop, client: client, backend: backend,
                    ended: { [weak self] relay in
                        self?.state.withLock { _ = $0.relays.removeValue(forKey: ObjectIdentifier(relay)) }
                    })
            else { continue }
            state.withLock { $0.relays[ObjectIdentifier(relay)] = relay }
            relay.start()
        }
    }
}
