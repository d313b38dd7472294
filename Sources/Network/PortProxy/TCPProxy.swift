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
    /// A connection of which one side has ended, and nothing has moved for so long, is over; as long as the kernel's
    /// connection tracking waits for it (nf_conntrack_tcp_timeout_fin_wait).
    private let halfClosedNanoseconds: Int64

    private let loop: EventLoop
    private let budget: ProxyBudget
    private let listener: Descriptor
    /// nil: it does not accept.
    private var backend: SocketAddress?
    private var relays: [ObjectIdentifier: Relay] = [:]
    private var timer: EventLoop.Timer?

    /// - Parameters:
    ///   - budget: shared by the proxies of the process.
    ///   - listener: bound, listening and non-blocking; callers wait in its queue until ``start(to:)``.
    public nonisolated convenience init(loop: EventLoop, budget: ProxyBudget, listener: consuming Descriptor) {
        self.init(loop: loop, budget: budget, listener: listener, halfClosedNanoseconds: 120_000_000_000)
    }

    nonisolated init(
        loop: EventLoop, budget: ProxyBudget, listener: consuming Descriptor, halfClosedNanoseconds: Int64
    ) {
        self.loop = loop
        self.budget = budget
        self.halfClosedNanoseconds = halfClosedNanoseconds
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
        loop.cancel(timer)
        timer = nil
        for relay in relays.values { relay.close() }
    }

    private func accept() {
        // A bounded number, so that others on the loop get their turn.
        for _ in 0..<64 {
            let raw = clinux_accept4(listener.raw, Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue))
            guard raw >= 0 else { return }
            let client = Descriptor(owning: raw)
            guard let backend, let source = try? client.remoteAddress()?.address, budget.admit(source) else { continue }
            // Without it a failure to connect is reset for the client as well.
            guard
                let relay = try? Relay(
                    loop: loop, budget: budget, client: client, source: source, backend: backend,
                    ended: { [weak self, budget] relay in
                        budget.release(relay.source)
                        self?.relays[ObjectIdentifier(relay)] = nil
                    })
            else {
                budget.release(source)
                continue
            }
            relays[ObjectIdentifier(relay)] = relay
            relay.start()
            if timer == nil { scheduleSweep() }
        }
    }

    private func scheduleSweep() {
        timer = loop.after(nanoseconds: halfClosedNanoseconds / 4) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        timer = nil
        let limit = monotonicNanoseconds() - halfClosedNanoseconds
        for relay in relays.values where relay.isHalfClosed && relay.lastUse < limit { relay.close() }
        if !relays.isEmpty { scheduleSweep() }
    }
}
