import Glibc
import LinuxSystem
import Primitives
import SystemPackage
import Testing

/// Sockets of the tests themselves on the loopback interface. They block, and give up (EAGAIN) when nothing comes.
enum Loopback {
    static let hasIPv6 = (try? bound(.stream, IPAddress("::1")!)) != nil

    /// Whether this process may have so many descriptors (RLIMIT_NOFILE).
    static func allowsDescriptors(_ count: UInt) -> Bool {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 && limit.rlim_cur >= count
    }

    /// Not bound; `seconds` is how long a read or an accept waits.
    static func socket(_ kind: SocketKind, family: Int32 = AF_INET, seconds: Int = 20) throws(Errno) -> Descriptor {
        let socket = try Descriptor.socket(family, kind)
        try socket.setNonBlocking(false)
        try socket.setPatience(seconds: seconds)
        return socket
    }

    /// On a free port.
    static func bound(_ kind: SocketKind, _ address: IPAddress = .v4(.loopback)) throws(Errno) -> Descriptor {
        let address = SocketAddress(address, port: 0)
        let socket = try socket(kind, family: address.family)
        try socket.bind(to: address)
        return socket
    }

    /// Accepts connections on a free port.
    static func listener(_ address: IPAddress = .v4(.loopback)) throws(Errno) -> Descriptor {
        let socket = try bound(.stream, address)
        try socket.listen(backlog: 1024)
        return socket
    }

    /// Connected; with a datagram socket it is only known where to and from.
    static func connection(_ kind: SocketKind, to address: SocketAddress) throws(Errno) -> Descriptor {
        let socket = try socket(kind, family: address.family)
        try socket.connect(to: address)
        return socket
    }
}

extension Descriptor {
    borrowing func setPatience(seconds: Int) throws(Errno) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        try systemCall { setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &time, size) }
    }

    /// Where it is bound to.
    borrowing func address() throws -> SocketAddress { try #require(try localAddress()) }

    borrowing func write(_ text: String) throws(Errno) { try writeAll(Array(text.utf8)) }

    /// Reads until it has as many bytes as `text`, and compares.
    borrowing func reads(_ text: String) throws(Errno) -> Bool {
        var all: [UInt8] = []
        while all.count < text.utf8.count {
            let part = try read(upTo: text.utf8.count - all.count)
            if part.isEmpty { break }
            all += part
        }
        return all == Array(text.utf8)
    }

    /// Sends nothing more; the other direction stays open.
    borrowing func endWriting() throws(Errno) {
        let raw = raw
        try systemCall { shutdown(raw, Int32(SHUT_WR)) }
    }

    /// The next datagram and who sent it.
    borrowing func receive() throws -> (bytes: [UInt8], from: SocketAddress) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        var sender = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let raw = raw
        let count = try systemCall {
            withUnsafeMutableBytes(of: &sender) {
                recvfrom(raw, &buffer, buffer.count, 0, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, &length)
            }
        }
        return (Array(buffer.prefix(count)), try #require(SocketAddress(kernelForm: sender)))
    }

    borrowing func send(_ bytes: [UInt8], to address: SocketAddress) throws(Errno) {
        let raw = raw
        try systemCall { address.withKernelForm { sendto(raw, bytes, bytes.count, 0, $0, $1) } }
    }
}

/// A loop on a thread of its own, which ends with this value.
final class LoopThread: Sendable {
    let loop: EventLoop

    /// As in the programs that have a proxy: splice(2) to who has gone is an error, not the end.
    private static let ignoresPipeSignal: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    init() throws(Errno) {
        Self.ignoresPipeSignal
        let loop = try EventLoop()
        self.loop = loop
        try startThread(name: "proxy-test") { loop.run() }
    }

    deinit { loop.stop() }

    /// Blocks until the loop has handled all that was ready before the call.
    ///
    /// The first job may run in a turn that had begun before; the second one's turn has looked anew.
    func settle() {
        for _ in 0..<2 {
            let done = Semaphore()
            loop.submit { done.signal() }
            done.wait()
        }
    }
}
