internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Passes questions on to the servers of the outside.
@LoopActor
final class Forwarder {
    /// Questions on their way; more are answered with failure.
    private static let maximumPending = 1024

    let loop: EventLoop
    private let host: HostResolver
    private var pending = 0

    nonisolated init(loop: EventLoop, host: HostResolver) {
        self.loop = loop
        self.host = host
    }

    /// Calls `completion` once with the response or nil.
    ///
    /// - Parameters:
    ///   - servers: whom to ask; empty: the host's servers.
    ///   - place: sockets of the network namespace to ask from; nil is that of this thread.
    func forward(
        _ message: [UInt8], question: Query, to servers: [IPAddress], from place: ResolverSockets?, overTCP: Bool,
        completion: @escaping @LoopActor ([UInt8]?) -> Void
    ) {
        // In its own network that would be ourselves once more.
        let others = servers.filter { place == nil || $0 != ResolverSockets.address }
        let upstreams = servers.isEmpty ? host.servers() : others.map { Upstream(address: $0) }
        guard !upstreams.isEmpty, pending < Self.maximumPending else {
            return completion(nil)
        }
        pending += 1
        let exchange = Exchange(
            loop: loop, message: message, questionEnd: question.questionEnd, upstreams: upstreams, place: place,
            mayUseTCP: overTCP
        ) { [self] response in
            pending -= 1
            completion(response)
        }
        exchange.start()
    }
}

/// One question to one server after the other, until one answers.
@LoopActor
private final class Exchange {
    /// For one server, and for all together.
    private static let tryNanoseconds: Int64 = 2_000_000_000
    private static let totalNanoseconds: Int64 = 5_000_000_000

    private let loop: EventLoop
    private let message: [UInt8]
    private let questionEnd: Int
    private let upstreams: [Upstream]
    private let place: ResolverSockets?
    private let mayUseTCP: Bool
    private let deadline = monotonicNanoseconds() + Exchange.totalNanoseconds
    private let completion: @LoopActor ([UInt8]?) -> Void
    private var socket: Descriptor?
    private var timer: EventLoop.Timer?
    /// Index of the server that is asked now.
    private var current = -1
    private var identifier: UInt16 = 0
    private var input: [UInt8] = []
    private var isStream = false
    private var done = false

    init(
        loop: EventLoop, message: [UInt8], questionEnd: Int, upstreams: [Upstream], place: ResolverSockets?,
        mayUseTCP: Bool, completion: @escaping @LoopActor ([UInt8]?) -> Void
    ) {
        self.loop = loop
        self.message = message
        self.questionEnd = questionEnd
        self.upstreams = upstreams
        self.place = place
        self.mayUseTCP = mayUseTCP
        self.completion = completion
    }

    func start() { tryNext() }

    private func tryNext() {
        while true {
            current += 1
            guard current < upstreams.count, monotonicNanoseconds() < deadline else { return finish(nil) }
            if (try? open(upstreams[current], stream: false)) != nil { return }
        }
    }

    /// Asks `upstream`, from a port and with an id that nobody can guess.
    private func open(_ upstream: Upstream, stream: Bool) throws(Errno) {
        closeSocket()
        let scope = upstream.zone.isEmpty ? 0 : if_nametoindex(upstream.zone)
        let address = SocketAddress(upstream.address, port: 53, scope: scope)
        let socket = try makeSocket(address.family, stream ? .stream : .datagram)
        try socket.connect(to: address)
        let raw = socket.raw
        self.socket = consume socket
        identifier = UInt16.random(in: 0...UInt16.max)
        isStream = stream
        input = []
        if !stream {
            let request = request
            try systemCall { send(raw, request, request.count, Int32(MSG_NOSIGNAL)) }
        }
        try loop.add(raw, stream ? .writable : .readable) { [self] events in ready(raw, events) }
        let left = min(Self.tryNanoseconds, max(0, deadline - monotonicNanoseconds()))
        timer = loop.after(nanoseconds: left) { [self] in tryNext() }
    }

    /// A socket belongs to the namespace that it was made in, whoever uses it. A thread is made for that, of which this
    /// one waits for the end: some 50 µs, and only for containers with servers of their own.
    private func makeSocket(_ family: Int32, _ kind: SocketKind) throws(Errno) -> Descriptor {
        guard let place else { return try Descriptor.socket(family, kind) }
        return try NamespaceThread.run(
            joining: try place.datagrams.networkNamespace(), kind: CLONE_NEWNET, name: "dns"
        ) { () throws(Errno) in try Descriptor.socket(family, kind) }
    }

    /// The question with the identifier of this try.
    private var request: [UInt8] {
        [UInt8(identifier >> 8), UInt8(identifier & 255)] + message[2...]
    }

    private func ready(_ socket: Int32, _ events: EventSet) {
        if isStream, events.contains(.writable) {
            let request = request
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
            input += bytes
            if let first = TCPConnection.takeMessages(from: &input).first { accept(first) }
        } else {
            accept(bytes)
        }
    }

    private func accept(_ response: [UInt8]) {
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
        if response[2] & 0x02 != 0, mayUseTCP, !isStream {
            if (try? open(upstreams[current], stream: true)) == nil { tryNext() }
            return
        }
        let code = response[3] & 15
        let failed = code == ResponseCode.serverFailure.rawValue || code == ResponseCode.refused.rawValue
        if failed, current + 1 < upstreams.count { return tryNext() }
        finish(Array(message[..<2]) + response[2...])
    }

    private func closeSocket() {
        // Removed from the loop before it is closed.
        if let raw = socket?.raw { loop.remove(raw) }
        socket = nil
        loop.cancel(timer)
    }

    private func finish(_ response: [UInt8]?) {
        closeSocket()
        if done { return }
        done = true
        completion(response)
    }
}
