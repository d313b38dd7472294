internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Two connected sockets; what comes in at one goes out at the other, through pipes inside the kernel (splice(2)).
///
/// Each direction ends by itself (half close), and waits while the receiver is slow.
@LoopActor
final class Relay {
    private struct Direction {
        /// Only while bytes wait in it.
        var pipe: RelayPipe?
        /// Bytes in the pipe.
        var buffered = 0
        var sawEnd = false
        /// The end was passed on.
        var isFinished = false
    }

    private let loop: EventLoop
    private let budget: ProxyBudget
    /// Who connected.
    let source: IPAddress
    /// When bytes moved last, on the monotonic clock, in nanoseconds.
    private(set) var lastUse = monotonicNanoseconds()
    private let client: Descriptor
    private let backend: Descriptor
    private let ended: @LoopActor (Relay) -> Void
    private var fromClient = Direction()
    private var fromBackend = Direction()
    private var isConnected = false
    private var isClosed = false
    private var clientInterest = EventSet()
    private var backendInterest = EventSet.writable
    private var watchesClient = false
    private var watchesBackend = false

    init(
        loop: EventLoop, budget: ProxyBudget, client: consuming Descriptor, source: IPAddress,
        backend address: SocketAddress, ended: @escaping @LoopActor (Relay) -> Void
    ) throws(Errno) {
        self.loop = loop
        self.budget = budget
        self.source = source
        self.ended = ended
        let socket = try Descriptor.socket(address.family, .stream)
        try socket.connect(to: address)
        for raw in [client.raw, socket.raw] {
            var on: Int32 = 1
            setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        self.client = client
        backend = socket
    }

    /// One side has said all it had to say, and the other one nothing yet.
    var isHalfClosed: Bool { fromClient.isFinished != fromBackend.isFinished }

    func start() {
        do throws(Errno) {
            try loop.add(backend.raw, .writable) { [self] events in backendReady(events) }
            watchesBackend = true
        } catch {
            reset()
        }
    }

    private func backendReady(_ events: EventSet) {
        if isConnected { return pump() }
        guard backend.pendingError() == nil else { return reset() }
        do throws(Errno) {
            isConnected = true
            try loop.add(client.raw, .readable) { [self] _ in pump() }
            watchesClient = true
            clientInterest = .readable
        } catch {
            return reset()
        }
        pump()
    }

    /// The client learns by a reset that nobody is there.
    private func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(client.raw, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        end(orderly: false)
    }

    func close() { end(orderly: true) }

    private func end(orderly: Bool) {
        if isClosed { return }
        isClosed = true
        unwatchClient()
        unwatchBackend()
        if orderly {
            // The descriptors may live on for a moment in a handler; the peers need not wait for that.
            shutdown(client.raw, Int32(SHUT_RDWR))
            shutdown(backend.raw, Int32(SHUT_RDWR))
        }
        for pipe in [fromClient.pipe, fromBackend.pipe] {
            if let pipe { budget.give(pipe, isEmpty: false) }
        }
        (fromClient.pipe, fromBackend.pipe) = (nil, nil)
        ended(self)
    }

    private func unwatchClient() {
        if watchesClient { loop.remove(client.raw) }
        watchesClient = false
    }

    private func unwatchBackend() {
        if watchesBackend { loop.remove(backend.raw) }
        watchesBackend = false
    }

    private func pump() {
        if isClosed { return }
        guard move(&fromClient, from: client.raw, to: backend.raw),
            move(&fromBackend, from: backend.raw, to: client.raw),
            !(fromClient.isFinished && fromBackend.isFinished), watch()
        else { return close() }
    }

    /// Moves what can be moved now; false if the connection is broken, or there is no pipe for it.
    private func move(_ direction: inout Direction, from source: Int32, to target: Int32) -> Bool {
        if direction.isFinished { return true }
        if direction.pipe == nil { direction.pipe = budget.takePipe() }
        guard let pipe = direction.pipe else { return false }
        defer {
            if direction.buffered == 0 {
                budget.give(pipe, isEmpty: true)
                direction.pipe = nil
            }
        }
        return move(&direction, from: source, to: target, through: pipe.ends)
    }

    private func move(
        _ direction: inout Direction, from source: Int32, to target: Int32, through pipe: borrowing Pipe
    ) -> Bool {
        for _ in 0..<16 {
            if direction.isFinished { return true }
            if direction.buffered == 0, !direction.sawEnd {
                let count = clinux_splice(source, pipe.write.raw, UInt(RelayPipe.chunk))
                if count < 0 { return errno == EAGAIN || errno == EINTR }
                direction.buffered = count
                direction.sawEnd = count == 0
                lastUse = monotonicNanoseconds()
            }
            if direction.buffered > 0 {
                let count = clinux_splice(pipe.read.raw, target, UInt(direction.buffered))
                if count < 0 { return errno == EAGAIN || errno == EINTR }
                direction.buffered -= count
            }
            if direction.sawEnd, direction.buffered == 0 {
                direction.isFinished = true
                shutdown(target, Int32(SHUT_WR))
            }
        }
        return true
    }

    /// Tells the loop what to wait for; false if it cannot.
    private func watch() -> Bool {
        func interest(_ incoming: Direction, _ outgoing: Direction) -> EventSet {
            var interest = EventSet()
            if incoming.buffered == 0, !incoming.sawEnd { interest.insert(.readable) }
            if outgoing.buffered > 0 { interest.insert(.writable) }
            return interest
        }
        let forClient = interest(fromClient, fromBackend)
        let forBackend = interest(fromBackend, fromClient)
        // A socket that is shut in both directions would report that without end.
        if fromClient.sawEnd, fromBackend.isFinished { unwatchClient() }
        if fromBackend.sawEnd, fromClient.isFinished { unwatchBackend() }
        do throws(Errno) {
            if watchesClient, forClient != clientInterest { try loop.change(client.raw, forClient) }
            if watchesBackend, forBackend != backendInterest { try loop.change(backend.raw, forBackend) }
        } catch {
            return false
        }
        clientInterest = forClient
        backendInterest = forBackend
        return true
    }
}
