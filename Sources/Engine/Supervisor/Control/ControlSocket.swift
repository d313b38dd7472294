internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The Unix socket of a project's supervisor: packets (`SOCK_SEQPACKET`), each one message of JSON.
///
/// The directory is 0700, the socket 0600, and the other end has to be root or the same user. Paths go through the open
/// directory, because a socket's address holds only 107 bytes.
enum ControlSocket {
    static let name = "control.sock"
    /// Largest message; a longer one is an error.
    static let limit = 64 << 10

    /// Listens below `directory`. Replaces a socket that a dead supervisor left: only call it as the only supervisor.
    static func listen(directory: String) throws(Errno) -> Descriptor {
        let folder = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        let socket = try make(nonBlocking: true)
        let fresh = "\(name).new"
        unlinkat(folder.raw, fresh, 0)
        try withAddress("/proc/self/fd/\(folder.raw)/\(fresh)") { (address, length) throws(Errno) in
            try systemCall { bind(socket.raw, address, length) }
        }
        try systemCall { fchmodat(folder.raw, fresh, 0o600, 0) }
        try systemCall { Glibc.listen(socket.raw, 256) }
        try systemCall { renameat(folder.raw, fresh, folder.raw, name) }
        return socket
    }

    /// Connects to the supervisor of `directory`; fails with ENOENT or ECONNREFUSED when there is none.
    static func connect(directory: String) throws(Errno) -> Descriptor {
        let folder = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        let socket = try make(nonBlocking: false)
        try withAddress("/proc/self/fd/\(folder.raw)/\(name)") { (address, length) throws(Errno) in
            try systemCall { Glibc.connect(socket.raw, address, length) }
        }
        return socket
    }

    /// Accepts a connection whose other end is root or this process's user; nil when none is waiting.
    static func accept(_ listener: borrowing Descriptor) -> Descriptor? {
        while true {
            let fd = clinux_accept4(listener.raw, Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
            if fd < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return nil
            }
            let connection = Descriptor(owning: fd)
            var process: Int32 = 0
            var user: UInt32 = .max
            var group: UInt32 = .max
            if clinux_peer_credentials(fd, &process, &user, &group) == 0, user == 0 || user == geteuid() {
                return connection
            }
        }
    }

    /// Sends one message, with one descriptor if given. Does not keep the descriptor.
    static func send(_ bytes: [UInt8], descriptor: Int32? = nil, on socket: borrowing Descriptor) throws(Errno) {
        let descriptors = descriptor.map { [$0] } ?? []
        try systemCall {
            clinux_send_descriptors(socket.raw, bytes, UInt(bytes.count), descriptors, Int32(descriptors.count))
        }
    }

    /// Receives one message; empty at the end of the connection.
    static func receive(on socket: Int32) throws(Errno) -> ControlPacket {
        var buffer = [UInt8](repeating: 0, count: limit)
        var descriptors: [Int32] = [-1]
        var count: Int32 = 1
        let length = try systemCall {
            clinux_receive_descriptors(socket, &buffer, UInt(limit), &descriptors, &count, 0)
        }
        buffer.removeLast(limit - length)
        return ControlPacket(bytes: buffer, descriptor: count == 1 ? Descriptor(owning: descriptors[0]) : nil)
    }

    private static func make(nonBlocking: Bool) throws(Errno) -> Descriptor {
        let flags = Int32(SOCK_CLOEXEC.rawValue) | (nonBlocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
        return Descriptor(owning: try systemCall { socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | flags, 0) })
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Errno) -> Void
    ) throws(Errno) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .fileNameTooLong }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        var failure: Errno?
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                do throws(Errno) {
                    try body(generic, socklen_t(MemoryLayout<sockaddr_un>.size))
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
    }
}

/// A received message and the descriptor that came with it.
struct ControlPacket: ~Copyable {
    let bytes: [UInt8]
    private var descriptor: Descriptor?

    init(bytes: [UInt8], descriptor: consuming Descriptor?) {
        self.bytes = bytes
        self.descriptor = descriptor
    }

    mutating func takeDescriptor() -> Descriptor? {
        var taken: Descriptor?
        swap(&taken, &descriptor)
        return taken
    }
}
