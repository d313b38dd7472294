internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// Two connected sockets; what comes in at one goes out at the other, through pipes inside the kernel (splice(2)).
///
/// Each direction ends by itself (half close), and waits while the receiver is slow. Used on the loop's thread only.
final class Relay: Sendable {
    /// Moved at a time; also the pipe's size, as far as the kernel grants it.
    private static let chunk = 256 * 1024

    private struct Direction: ~Copyable {
        let pipe: Pipe
        /// Bytes in the pipe.
        var buffered = 0
        var sawEnd = false
        /// The end was passed on.
        var isFinished = false
    }

    private struct State: ~Copyable {
        var fromClient: Direction
        var fromBackend: Direction
        var isConnected = false
        var isClosed = false
        var clientInterest = EventSet()
        var backendInterest = EventSet.writable
        var watchesClient = false
        var watchesBackend = false
    }

    private let loop: EventLoop
    private let client: Descriptor
    private let backend: Descriptor
    private let ended: @Sendable (Relay) -> Void
    private let state: Mutex<State>

    init(
        loop: EventLoop, client: consuming Descriptor, backend address: SocketAddress,
        ended: @escaping @Sendable (Relay) -> Void
    ) throws(Errno) {
        self.loop = loop
        self.ended = ended
        let socket = try Descriptor.socket(address.family, .stream)
        try socket.connect(to: address)
        for raw in [client.raw, socket.raw] {
            var on: Int32 = 1
            setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        self.client = client
        backend = socket
        state = Mutex(
            State(fromClient: Direction(pipe: try Self.makePipe()), fromBackend: Direction(pipe: try Self.makePipe())))
    }

    private static func makePipe() throws(Errno) -> Pipe {
        let pipe = try Descriptor.pipe()
        _ = clinux_set_pipe_size(pipe.write.raw, Int32(chunk))
        return pipe
    }

    func start() {
        do throws(Errno) {
            state.withLock { $0.watchesBackend = true }
            try loop.add(backend.raw, .writable) { [self] events in backendReady(events) }
        } catch {
            reset()
        }
    }

    private func backendReady(_ events: EventSet) {
        if state.withLock({ $0.isConnected }) { return pump(events) }
        guard backend.pendingError() == nil else { return reset() }
        do throws(Errno) {
            state.withLock { state in
                state.isConnected = true
                state.watchesClient = true
                state.clientInterest = .readable
            }
            try loop.add(client.raw, .readable) { [self] events in pump(events) }
        } catch {
            return reset()
        }
        pump([])
    }

    /// The client learns by a reset that nobody is there.
    private func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(client.raw, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        end(orderly: false)
    }

    func close() { end(orderly: true) }

    private func end(orderly: Bool) {
        let first = state.withLock { state in
            if state.isClosed { return false }
            state.isClosed = true
            if state.watchesClient { loop.remove(client.raw) }
            if state.watchesBackend { loop.remove(backend.raw) }
            state.watchesClient = false
            state.watchesBackend = false
            return true
        }
        guard first else { return }
        if orderly {
            // The descriptors may live on for a moment in a handler; the peers need not wait for that.
            shutdown(client.raw, Int32(SHUT_RDWR))
            shutdown(backend.raw, Int32(SHUT_RDWR))
        }
        ended(self)
    }

    private func pump(_ events: EventSet) {
        let goesOn = state.withLock { state -> Bool in
            if state.isClosed { return true }
            guard Self.move(&state.fromClient, from: client.raw, to: backend.raw),
                Self.move(&state.fromBackend, from: backend.raw, to: client.raw)
            else { return false }
            if state.fromClient.isFinished, state.fromBackend.isFinished { return false }
            return watch(&state)
        }
        if !goesOn { close() }
    }

    /// Moves what can be moved now; false if the connection is broken.
    private static func move(_ direction: inout Direction, from source: Int32, to target: Int32) -> Bool {
        for _ in 0..<16 {
            if direction.isFinished { return true }
            if direction.buffered == 0, !direction.sawEnd {
                let count = clinux_splice(source, direction.pipe.write.raw, UInt(chunk))
                if count < 0 { return errno == EAGAIN || errno == EINTR }
                direction.buffered = count
                direction.sawEnd = count == 0
            }
            if direction.buffered > 0 {
                let count = clinux_splice(direction.pipe.read.raw, target, UInt(direction.buffered))
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
    private func watch(_ state: inout State) -> Bool {
        func interest(_ incoming: borrowing Direction, _ outgoing: borrowing Direction) -> EventSet {
            var interest = EventSet()
            if incoming.buffered == 0, !incoming.sawEnd { interest.insert(.readable) }
            if outgoing.buffered > 0 { interest.insert(.writable) }
            return interest
        }
        let forClient = interest(state.fromClient, state.fromBackend)
        let forBackend = interest(state.fromBackend, state.fromClient)
        // A socket that is shut in both directions would report that without end.
        if state.watchesClient, state.fromClient.sawEnd, state.fromBackend.isFinished {
            loop.remove(client.raw)
            state.watchesClient = false
        }
        if state.watchesBackend, state.fromBackend.sawEnd, state.fromClient.isFinished {
            loop.remove(backend.raw)
            state.watchesBackend = false
        }
        do throws(Errno) {
            if state.watchesClient, forClient != state.clientInterest { try loop.change(client.raw, forClient) }
            if state.watchesBackend, forBackend != state.backendInterest { try loop.change(backend.raw, forBackend) }
        } catch {
            return false
        }
        state.clientInterest = forClient
        state.backendInterest = forBackend
        return true
    }
}
