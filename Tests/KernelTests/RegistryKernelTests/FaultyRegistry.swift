import Archive
import Digests
import Glibc
import ImageModel
import LinuxSystem
import Primitives
import Synchronization
import SystemPackage

/// A registry on loopback that serves prepared answers and, for each path, plays a script of faults first.
final class FaultyRegistry: Sendable {
    enum Fault: Sendable {
        /// The connection ends after so many bytes of the body.
        case truncated(Int)
        /// So many bytes of the body, then silence until the client leaves.
        case stalled(Int)
        case status(Int, [String: String] = [:])
        /// This status with a body that never ends.
        case endless(Int)
        /// Other bytes of the same length.
        case garbage
        /// The range that was asked for is not looked at.
        case whole
        /// The answer to a range begins elsewhere.
        case wrongRange
    }

    struct Request: Sendable {
        var method: String
        /// With the query.
        var path: String
        /// Names in lower case.
        var headers: [String: String]
        var body: [UInt8] = []
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [String: String] = [:]
        var body: [UInt8] = []
    }

    private struct State {
        var answers: [String: Answer] = [:]
        var script: [String: [Fault]] = [:]
        var requests: [Request] = []
        var ended = false
        var endless: [Int] = []
    }

    let host: String
    private let listener: Int32
    private let state = Mutex(State())

    init() throws {
        let socket = try Descriptor.socket(AF_INET, .stream)
        try socket.bind(to: SocketAddress(.v4(.loopback), port: 0))
        try socket.listen(backlog: 16)
        try socket.setNonBlocking(false)
        host = "127.0.0.1:\(try socket.localAddress()?.port ?? 0)"
        listener = socket.take()
        answer("/v2/", Answer())
        let (raw, weak) = (listener, Weak(self))
        try startThread(name: "faulty-registry") {
            while true {
                let connection = accept(raw, nil, nil)
                if connection < 0 { break }
                guard let server = weak.value else {
                    close(connection)
                    break
                }
                try? startThread(name: "faulty-request") {
                    server.serve(connection)
                    close(connection)
                }
            }
            close(raw)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    func answer(_ path: String, _ answer: Answer) { state.withLock { $0.answers[path] = answer } }
    func body(_ path: String) -> [UInt8]? { state.withLock { $0.answers[path]?.body } }
    func play(_ path: String, _ faults: [Fault]) { state.withLock { $0.script[path] = faults } }
    var requests: [Request] { state.withLock { $0.requests } }
    /// Bytes that were taken of each endless body.
    var endless: [Int] { state.withLock { $0.endless } }
    func requests(_ path: String) -> [Request] { requests.filter { $0.path == path } }

    /// Serves an image of uncompressed layers; returns the paths of the layers' blobs.
    @discardableResult
    func serve(_ repository: String, tag: String = "1", contents: [[UInt8]]) throws -> [String] {
        let layers = try contents.map { try TestArchive.layer($0) }
        func descriptor(_ bytes: [UInt8], _ type: String) -> String {
            let digest = "sha256:\(SHA256.hex(of: bytes))"
            answer("/v2/\(repository)/blobs/\(digest)", Answer(body: bytes))
            return "{\"mediaType\":\"\(type)\",\"digest\":\"\(digest)\",\"size\":\(bytes.count)}"
        }
        let configuration = descriptor(TestArchive.configuration(layers), MediaType.configuration)
        let list = layers.map { descriptor($0, MediaType.layer) }.joined(separator: ",")
        let manifest = Array("{\"schemaVersion\":2,\"config\":\(configuration),\"layers\":[\(list)]}".utf8)
        self.manifest(repository, tag, manifest)
        return layers.map { "/v2/\(repository)/blobs/sha256:\(SHA256.hex(of: $0))" }
    }

    func manifest(_ repository: String, _ tag: String, _ bytes: [UInt8], type: String = MediaType.manifest) {
        let answer = Answer(headers: ["Content-Type": type], body: bytes)
        self.answer("/v2/\(repository)/manifests/\(tag)", answer)
        self.answer("/v2/\(repository)/manifests/sha256:\(SHA256.hex(of: bytes))", answer)
    }

    // MARK: One request

    private func serve(_ connection: Int32) {
        guard let request = read(connection) else { return }
        let (answer, fault) = state.withLock { state -> (Answer, Fault?) in
            state.requests.append(request)
            var faults = state.script[request.path] ?? []
            let fault = faults.isEmpty ? nil : faults.removeFirst()
            state.script[request.path] = faults
            return (state.answers[request.path] ?? Answer(status: 404, body: Array("{}".utf8)), fault)
        }
        var reply = answer
        var start = 0
        if let range = request.headers["range"], let offset = Int(range.dropFirst(6).dropLast()), reply.status == 200 {
            start = offset
        }
        switch fault {
        case .status(let status, let headers)?: (reply, start) = (Answer(status: status, headers: headers), 0)
        case .endless(let status)?: (reply, start) = (Answer(status: status), 0)
        case .garbage?: reply.body = reply.body.map { $0 ^ 1 }
        case .whole?: start = 0
        case .wrongRange?: start += 1
        default: break
        }
        start = min(start, reply.body.count)
        if start > 0 {
            reply.status = 206
            reply.headers["Content-Range"] = "bytes \(start)-\(reply.body.count - 1)/\(reply.body.count)"
            reply.body.removeFirst(start)
        }
        var head = "HTTP/1.1 \(reply.status) X\r\nConnection: close\r\n"
        if case .endless? = fault {} else { head += "Content-Length: \(reply.body.count)\r\n" }
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        send(connection, Array((head + "\r\n").utf8))
        if request.method == "HEAD" { return }
        switch fault {
        case .truncated(let count)?: send(connection, Array(reply.body.prefix(count)))
        case .stalled(let count)?:
            send(connection, Array(reply.body.prefix(count)))
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
        case .endless?:
            let noise = [UInt8](repeating: 0x78, count: 1 << 16)
            var sent = 0
            // The limit ends a test whose client reads for ever.
            while sent < 1 << 30, send(connection, noise) { sent += noise.count }
            state.withLock { $0.endless.append(sent) }
        default: send(connection, reply.body)
        }
    }

    private func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        func more() -> Bool {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count > 0 { bytes += buffer.prefix(count) }
            return count > 0
        }
        func end() -> Int? {
            guard bytes.count >= 4 else { return nil }
            return (0...(bytes.count - 4)).first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
        }
        // A record of TLS: it speaks only plain HTTP.
        while end() == nil { if !more() || bytes[0] == 0x16 { return nil } }
        guard let end = end() else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        var request = Request(method: String(words[0]), path: String(words[1]), headers: [:])
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            request.headers[line[..<colon].lowercased()] = String(value)
        }
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        while bytes.count < end + 4 + length { if !more() { return nil } }
        request.body = Array(bytes[(end + 4)...])
        return request
    }

    /// - Returns: whether all of it was taken.
    @discardableResult
    private func send(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress! + start, bytes.count - start, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            start += count
        }
        return true
    }
}

/// Does not keep the server alive while its thread waits for connections.
private final class Weak: Sendable {
    private weak let server: FaultyRegistry?
    init(_ server: FaultyRegistry) { self.server = server }
    var value: FaultyRegistry? { server }
}
