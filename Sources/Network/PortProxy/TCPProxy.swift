internal import CLinux
internal import Glibc
public import LinuxSystem
public import SystemPackage

/// Passes the connections of a listening socket on to another address.
///
/// Connections to the backend are made from the network namespace of the loop's thread.
/// The process ignores SIGPIPE: splice(2) to a connection that is gone would end it.
@LoopActor
public final class TCPProxy {
    /// Connections at a time.
    private static let maximumConnections = 4096

    private let loop: EventLoop
    private let listener: Descriptor
    /// nil: it does not accept.
    private var backend: SocketAddress?
    private var relays: [ObjectIdentifier: Relay] = [:]

    /// - Parameter listener: bound, listening and non-blocking; callers wait in its queue until ``start(to:)``.
    public nonisolated init(loop: EventLoop, listener: consuming Descriptor) {
        self.loop = loop
        self.listener = listener
    }

    /// Begins to accept, or leads further connections elsewhere.
    public func start(to backend: SocketAddress) throws(Errno) {
        if self.backend == nil { try loop.add(listener.raw, .readable) { [self] _ in accept() } }
        self.backend = backend
    }

    /// Ends all connections. The port is free once the value is let go of.
    public func stop() {
        backend = nil
        loop.remove(listener.raw)
        for relay in relays.values { relay.close() }
    }

    private func accept() {
        // A bounded number, so that others on the loop get their turn.
        for _ in 0..<64 {
            let raw = clinux_accept4(listener.raw, Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue))
            guard raw >= 0 else { return }
            let client = Descriptor(owning: raw)
            guard let backend, relays.count < Self.maximumConnections else { continue }
            // Without it a failure to connect is reset for the client as well.
            guard
                let relay = try? Relay(
                    loop: loop, client: client, backend: backend,
                    ended: { [weak self] relay in self?.relays[ObjectIdentifier(relay)] = nil })
            else { continue }
            relays[ObjectIdentifier(relay)] = relay
            relay.start()
        }
    }
}
