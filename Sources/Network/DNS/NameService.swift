internal import CLinux
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// DNS for one container. What is public may be called from any thread.
@LoopActor
public final class NameService {
    /// Datagrams answered before other descriptors of the loop get their turn.
    private static let burst = 32
    /// TCP connections at a time.
    static let maximumConnections = 64
    /// Room for one query and one response.
    private static let bufferSize = 4096

    let server: DNSServer
    private let sockets: ResolverSockets
    private var client: ResolverClient
    private var connections: [Int32: TCPConnection] = [:]

    init(server: DNSServer, sockets: ResolverSockets, client: ResolverClient) {
        self.server = server
        self.sockets = sockets
        self.client = client
    }

    func start() throws(Errno) {
        try server.loop.add(sockets.datagrams.raw, .readable) { [self] _ in receive() }
        try server.loop.add(sockets.listener.raw, .readable) { [self] _ in accept() }
    }

    /// Changes what the container may see.
    public nonisolated func update(_ new: ResolverClient) {
        LoopActor.sync { client = new }
    }

    /// Ends the service. The sockets are closed when their owner lets go of them.
    public nonisolated func stop() {
        LoopActor.sync {
            server.loop.remove(sockets.datagrams.raw)
            server.loop.remove(sockets.listener.raw)
            for connection in connections.values { connection.close() }
        }
    }

    private func receive() {
        let socket = sockets.datagrams.raw
        withUnsafeTemporaryAllocation(byteCount: 2 * Self.bufferSize, alignment: 16) { buffer in
            let request = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Self.bufferSize])
            let response = UnsafeMutableRawBufferPointer(rebasing: buffer[Self.bufferSize...])
            for _ in 0..<Self.burst {
                var sender = sockaddr_in()
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = withUnsafeMutableBytes(of: &sender) {
                    recvfrom(
                        socket, request.baseAddress, request.count, Int32(MSG_DONTWAIT),
                        $0.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
                }
                guard count >= 0 else { return }
                let message = UnsafeRawBufferPointer(rebasing: request[..<count])
                let to = sender
                let length = handle(message, into: response, overTCP: false) { [self] reply in
                    reply.withUnsafeBytes { send($0, to: to) }
                }
                if length > 0 { send(UnsafeRawBufferPointer(rebasing: response[..<length]), to: to) }
            }
        }
    }

    private func send(_ bytes: UnsafeRawBufferPointer, to address: sockaddr_in) {
        var address = address
        withUnsafeBytes(of: &address) {
            _ = sendto(
                sockets.datagrams.raw, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT),
                $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
    }

    /// Answers a message: writes the response and returns its length, or returns 0 when there is none or when `later`
    /// will be called with it.
    func handle(
        _ message: UnsafeRawBufferPointer, into response: UnsafeMutableRawBufferPointer, overTCP: Bool,
        later: @escaping @LoopActor ([UInt8]) -> Void
    ) -> Int {
        let query: Query
        do throws(Query.Failure) {
            query = try Query(message)
        } catch {
            guard case .answered(let code) = error else { return 0 }
            return ResponseWriter.writeFailure(code, message: message, into: response)
        }
        let answer = server.answer(query, for: client)
        if answer == .forward {
            let request = [UInt8](message)
            // Its own servers may be containers that only it can reach, or be itself.
            let place = client.servers.isEmpty ? nil : sockets
            server.forwarder.forward(
                request, question: query, to: client.servers, from: place, overTCP: overTCP
            ) { reply in
                later(reply ?? Self.failure(request, query: query))
            }
            return 0
        }
        let limit = overTCP ? response.count : query.maximumLength
        return ResponseWriter.write(
            answer, code: answer == .unknown ? .nameError : .noError, to: query, message: message, into: response,
            limit: limit, rotation: server.nextRotation())
    }

    /// What a client gets when nobody could be asked.
    private static func failure(_ request: [UInt8], query: Query) -> [UInt8] {
        var response = [UInt8](repeating: 0, count: request.count + 512)
        let length = request.withUnsafeBytes { message in
            response.withUnsafeMutableBytes {
                ResponseWriter.write(
                    .empty, code: .serverFailure, to: query, message: message, into: $0, limit: $0.count)
            }
        }
        return Array(response[..<length])
    }

    private func accept() {
        while true {
            let raw = sockets.listener.accept()
            guard let raw else { return }
            let socket = Descriptor(owning: raw)
            if connections.count >= Self.maximumConnections { continue }
            let connection = TCPConnection(service: self, socket: socket)
            connections[raw] = connection
            connection.start()
        }
    }

    func forget(_ connection: Int32) {
        connections[connection] = nil
    }
}
