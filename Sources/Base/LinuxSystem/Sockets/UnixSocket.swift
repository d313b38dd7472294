internal import CLinux
internal import Glibc
public import SystemPackage

/// The place of a Unix socket (unix(7)).
public struct UnixAddress: Sendable {
    private let path: String

    /// - Parameter path: at most 107 bytes; a longer one fails with ENAMETOOLONG when it is used.
    public init(_ path: String) {
        self.path = path
    }

    /// By the open directory, however long its path is; as long as that is open.
    public init(_ name: String, in directory: borrowing Descriptor) {
        path = "/proc/self/fd/\(directory.raw)/\(name)"
    }

    fileprivate func call(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws(Errno) {
        var form = sockaddr_un()
        form.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: form.sun_path) else { throw .fileNameTooLong }
        withUnsafeMutableBytes(of: &form.sun_path) { $0.copyBytes(from: path.utf8) }
        try systemCall {
            withUnsafeBytes(of: &form) {
                body($0.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t($0.count))
            }
        }
    }
}

/// What a Unix socket carries.
public enum UnixSocketKind: Sendable {
    case stream
    /// Messages with borders (`SOCK_SEQPACKET`).
    case packets
    /// Messages with borders to whoever is there (`SOCK_DGRAM`).
    case datagrams

    fileprivate var type: Int32 {
        switch self {
        case .stream: Int32(SOCK_STREAM.rawValue)
        case .packets: Int32(SOCK_SEQPACKET.rawValue)
        case .datagrams: Int32(SOCK_DGRAM.rawValue)
        }
    }
}

/// Process, user and group of the other end, when it connected.
public struct PeerCredentials: Hashable, Sendable {
    /// Process id as seen from here; 0 when it is outside of our namespace.
    public var process: Int32
    /// Effective user id.
    public var user: UInt32
    /// Effective group id.
    public var group: UInt32

    public init(process: Int32, user: UInt32, group: UInt32) {
        self.process = process
        self.user = user
        self.group = group
    }
}

/// Two sockets that are connected with each other.
@frozen public struct SocketPair: ~Copyable, Sendable {
    /// Owned; both ends are alike.
    public var one: Descriptor
    /// The end that ``one`` is connected with.
    public var other: Descriptor
}

extension Descriptor {
    /// A Unix socket that is not connected.
    public static func unixSocket(_ kind: UnixSocketKind, nonBlocking: Bool = false) throws(Errno) -> Descriptor {
        let flags = Int32(SOCK_CLOEXEC.rawValue) | (nonBlocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
        return Descriptor(owning: try systemCall { Glibc.socket(AF_UNIX, kind.type | flags, 0) })
    }

    /// Two connected sockets (socketpair(2)), close-on-exec.
    public static func unixSocketPair(_ kind: UnixSocketKind) throws(Errno) -> SocketPair {
        var ends: [Int32] = [-1, -1]
        try systemCall { socketpair(AF_UNIX, kind.type | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) }
        return SocketPair(one: Descriptor(owning: ends[0]), other: Descriptor(owning: ends[1]))
    }

    /// bind(2); the socket appears under its name.
    public borrowing func bind(to address: UnixAddress) throws(Errno) {
        let raw = raw
        try address.call { Glibc.bind(raw, $0, $1) }
    }

    /// - Throws: ENOENT or ECONNREFUSED when nobody listens there.
    public borrowing func connect(to address: UnixAddress) throws(Errno) {
        let raw = raw
        try address.call { Glibc.connect(raw, $0, $1) }
    }

    /// The next connection; a caller that hung up before is passed over.
    ///
    /// - Throws: EAGAIN when none is waiting and the socket does not block.
    public borrowing func accept(nonBlocking: Bool = false) throws(Errno) -> Descriptor {
        let flags = Int32(SOCK_CLOEXEC.rawValue) | (nonBlocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
        while true {
            do throws(Errno) {
                return Descriptor(owning: try systemCall { clinux_accept4(raw, flags) })
            } catch {
                if error != .connectionAbort { throw error }
            }
        }
    }

    /// Ends waits on this socket after so long: sending and receiving fail with EAGAIN then, connecting as well when the
    /// queue of the one that listens is full.
    public borrowing func setTimeouts(seconds: Int) throws(Errno) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            try systemCall { setsockopt(raw, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size)) }
        }
    }

    /// Who connected to this Unix socket, or made it listen (`SO_PEERCRED`).
    public borrowing func peerCredentials() throws(Errno) -> PeerCredentials {
        var (process, user, group): (Int32, UInt32, UInt32) = (0, .max, .max)
        try systemCall { clinux_peer_credentials(raw, &process, &user, &group) }
        return PeerCredentials(process: process, user: user, group: group)
    }

    /// Sends one message, with a copy of one descriptor if given.
    ///
    /// - Returns: how many bytes went; on a socket for packets all.
    @discardableResult
    public borrowing func send(_ bytes: [UInt8], descriptor: Int32? = nil) throws(Errno) -> Int {
        let descriptors = descriptor.map { [$0] } ?? []
        return try systemCall {
            clinux_send_descriptors(raw, bytes, bytes.count, descriptors, Int32(descriptors.count), 0)
        }
    }

    /// Receives one message; empty at the end of the connection.
    ///
    /// - Parameter limit: bytes; the rest of a longer packet is lost.
    public borrowing func receiveMessage(limit: Int) throws(Errno) -> SocketMessage {
        var buffer = [UInt8](repeating: 0, count: limit)
        var descriptors: [Int32] = [-1]
        var count: Int32 = 1
        let length = try systemCall {
            clinux_receive_descriptors(raw, &buffer, limit, &descriptors, &count, 0)
        }
        buffer.removeLast(limit - length)
        return SocketMessage(bytes: buffer, descriptor: count == 1 ? Descriptor(owning: descriptors[0]) : nil)
    }
}

/// A received message and the descriptor that came with it.
public struct SocketMessage: ~Copyable, Sendable {
    /// The data; empty at the end of the connection.
    public let bytes: [UInt8]
    private var descriptor: Descriptor?

    init(bytes: [UInt8], descriptor: consuming Descriptor?) {
        self.bytes = bytes
        self.descriptor = descriptor
    }

    /// The descriptor that came with the message, once; whoever takes it owns it.
    public mutating func takeDescriptor() -> Descriptor? {
        var taken: Descriptor?
        swap(&taken, &descriptor)
        return taken
    }
}
