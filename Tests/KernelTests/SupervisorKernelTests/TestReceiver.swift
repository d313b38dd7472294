import CLinux
import EngineModel
import Glibc
import LinuxSystem
import Primitives
import SystemPackage
import Testing

/// Who a test's messages go to: a socket of this host, and all that came.
final class TestReceiver {
    private var listener: Descriptor
    private var connection: Descriptor?
    private let isStream: Bool
    /// As a logging driver is told.
    let address: LogAddress
    private(set) var received: [[UInt8]] = []

    /// By UDP or TCP on a free port, or on a given one.
    init(_ kind: SocketKind, port: UInt16 = 0) throws {
        isStream = kind == .stream
        listener = try Descriptor.socket(AF_INET, kind)
        try listener.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        try listener.bind(to: SocketAddress(.v4(.loopback), port: port))
        if isStream { try listener.listen(backlog: 8) }
        let place = try #require(try listener.localAddress())
        address = isStream ? .tcp(host: "127.0.0.1", port: place.port) : .udp(host: "127.0.0.1", port: place.port)
    }

    /// A Unix socket for datagrams.
    init(path: String) throws {
        isStream = false
        listener = try Descriptor.unixSocket(.datagrams, nonBlocking: true)
        try listener.bind(to: UnixAddress(path))
        address = .unixgram(path)
    }

    var port: UInt16 { UInt16(address.description.split(separator: ":").last ?? "") ?? 0 }

    /// All that came so far as one text.
    var text: String {
        while takeOne() {}
        return String(decoding: received.joined(), as: UTF8.self)
    }

    func send(_ bytes: [UInt8]) throws { try connection?.writeAll(bytes) }

    /// Ends the connection, as a receiver does that is started again.
    func hangUp() { connection = nil }

    /// Takes what is there now; false if nothing is.
    private func takeOne() -> Bool {
        if isStream, connection == nil { connection = try? listener.accept(nonBlocking: true) }
        let source = isStream ? connection?.raw : listener.raw
        guard let source else { return false }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        let count = recv(source, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count <= 0 {
            if isStream && count == 0 { connection = nil }
            return false
        }
        received.append(Array(buffer.prefix(count)))
        return true
    }

    /// The content of the memory file that came as a message.
    func memoryFile() throws -> [UInt8] {
        var message = try listener.receiveMessage(limit: 1024)
        guard let file = message.takeDescriptor() else { throw Errno.badFileDescriptor }
        var content = [UInt8](repeating: 0, count: Int(try file.status().st_size))
        try systemCall { pread(file.raw, &content, content.count, 0) }
        #expect(write(file.raw, [1], 1) == -1)
        return content
    }
}
