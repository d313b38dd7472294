internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// Passes questions on to the servers of the outside.
final class Forwarder: Sendable {
    /// Questions on their way; more are answered with failure.
    static let maximumPending = 1024

    let loop: EventLoop
    private let host: HostResolver
    private let pending = Atomic<Int>(0)

    init(loop: EventLoop, host: HostResolver) {
        self.loop = loop
        self.host = host
    }

    /// Calls `completion` once, on the loop's thread, with the response or nil.
    ///
    /// - Parameter servers: whom to ask; empty: the host's servers.
    func forward(
        _ message: [UInt8], question: Query, to servers: [IPAddress], overTCP: Bool,
        completion: @escaping @Sendable ([UInt8]?) -> Void
    ) {
        let upstreams = servers.isEmpty ? host.servers() : servers.map { Upstream(address: $0) }
        guard !upstreams.isEmpty, pending.load(ordering: .relaxed) < Self.maximumPending else {
            return completion(nil)
        }
        pending.add(1, ordering: .relaxed)
        let exchange = Exchange(
            loop: loop, message: message, questionEnd: question.questionEnd, upstreams: upstreams, mayUseTCP: overTCP
        ) { [self] response in
            pending.subtract(1, ordering: .relaxed)
            completion(response)
        }
        exchange.start()
    }
}

/// One question to one server after the other, until one answers. Runs on the loop's thread.
final class Exchange: Sendable {
    /// For one server, and for all together.
    private static let tryNanoseconds: Int64 = 2_000_000_000
    private static let totalNanoseconds: Int64 = 5_000_000_000

    private struct State: ~Copyable {
        var socket: Descriptor?
        var timer = 0
        var next = 0
        var identifier: UInt16 = 0
        var input: [UInt8] = []
        var isStream = false
        var done = false
    }

    private let loop: EventLoop
    private let message: [UInt8]
    private let questionEnd: Int
    private let upstreams: [Upstream]
    private let mayUseTCP: Bool
    private let deadline = monotonicNanoseconds() + Exchange.totalNanoseconds
    private let completion: @Sendable ([UInt8]?) -> Void
    private let state = Mutex(State())

    init(
        loop: EventLoop, message: [UInt8], questionEnd: Int, upstreams: [Upstream], mayUseTCP: Bool,
        completion: @escaping @Sendable ([UInt8]?) -> Void
    ) {
        self.loop = loop
        self.message = message
        self.questionEnd = questionEnd
        self.upstreams = upstreams
        self.mayUseTCP = mayUseTCP
        self.completion = completion
    }

    func start() { tryNext() }

    private func tryNext() {
        while true {
            let index = state.withLock { state in
                defer { state.next += 1 }
                return state.next
            }
            guard index < upstreams.count, monotonicNanoseconds() < deadline else { return finish(nil) }
            if (try? open(upstreams[index], stream: false)) != nil { return }
        }
    }

    /// Asks `upstream`, from a port and with an id that nobody can guess.
    private func open(_ upstream: Upstream, stream: Bool) throws(Errno) {
        closeSocket()
        let scope = upstream.zone.isEmpty ? 0 : if_nametoindex(upstream.zone)
        let address = SocketAddress(upstream.address, port: 53, scope: scope)
        let socket = try Descriptor.socket(address.family, stream ? .stream : .datagram)
        try socket.connect(to: address)
        let identifier = UInt16.random(in: 0...UInt16.max)
        let raw = socket.take()
        state.withLock { state in
            state.socket = Descriptor(owning: raw)
            state.identifier = identifier
            state.isStream = stream
            state.input = []
        }
        if !stream {
            let request = Self.with(identifier, message)
            try systemCall { send(raw, request, request.count, Int32(MSG_NOSIGNAL)) }
        }
        try loop.add(raw, stream ? .writable : .readable) { [self] events in ready(raw, events) }
        let left = min(Self.tryNanoseconds, max(0, deadline - monotonicNanoseconds()))
        let timer = loop.after(nanoseconds: left) { [self] in tryNext() }
        state.withLock { $0.timer = timer }
    }

    private static func with(_ identifier: UInt16, _ message: [UInt8]) -> [UInt8] {
        [UInt8(identifier >> 8), UInt8(identifier & 255)] + message[2...]
    }

    private func ready(_ socket: Int32, _ events: EventSet) {
        let (isStream, identifier) = state.withLock { ($0.isStream, $0.identifier) }
        if isStream, events.contains(.writable) {
            let request = Self.with(identifier, message)
            let framed = [UInt8(request.count >> 8), UInt8(request.count & 255)] + request
            // The first bytes of a connection always have room.
            let sent = send(socket, framed, framed.count, Int32(MSG_NOSIGNAL))
            if sent != framed.count || (try? loop.change(socket, .readable)) == nil { tryNext() }
            return
        }
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        // Refused, unreachable, or the end of a stream.
        guard count > 0 else { return tryNext() }
        bytes.removeLast(bytes.count - count)
        if isStream {
            let messages = state.withLock { state in
                state.input += bytes
                return TCPConnection.takeMessages(from: &state.input)
            }
            if let first = messages.first { accept(first, identifier: identifier, isStream: true) }
        } else {
            accept(bytes, identifier: identifier, isStream: false)
        }
    }

    private func accept(_ response: [UInt8], identifier: UInt16, isStream: Bool) {
        guard response.count >= questionEnd, response[0] == UInt8(identifier >> 8),
            response[1] == UInt8(identifier & 255), response[2] & 0x80 != 0,
            response[Query.headerLength..<questionEnd] == message[Query.headerLength..<questionEnd]
        else {
            // A stranger's or a late one: the right one may still come. Some servers answer failures without question.
            let isFailure =
                response.count >= Query.headerLength && response[0] == UInt8(identifier >> 8)
                && response[1] == UInt8(identifier & 255) && response[3] & 15 != 0
            if isFailure { tryNext() }
            return
        }
        let index = state.withLock { $0.next - 1 }
        if response[2] & 0x02 != 0, mayUseTCP, !isStream {
            if (try? open(upstreams[index], stream: true)) == nil { tryNext() }
            return
        }
        let code = response[3] & 15
        let failed = code == ResponseCode.serverFailure.rawValue || code == ResponseCode.refused.rawValue
        if failed, index + 1 < upstreams.count { return tryNext() }
        finish(Array(message[..<2]) + response[2...])
    }

    private func closeSocket() {
        let timer = state.withLock { state in
            // Removed from the loop before it is closed.
            if let raw = state.socket?.raw { loop.remove(raw) }
            state.socket = nil
            return state.timer
        }
        loop.cancelTimer(timer)
    }

    private func finish(_ response: [UInt8]?) {
        closeSocket()
        let first = state.withLock { state in
            defer { state.done = true }
            return !state.done
        }
        if first { completion(response) }
    }
}
