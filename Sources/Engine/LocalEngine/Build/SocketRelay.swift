internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A Unix socket that leads to another one: with an owner and a mode of its own, and ended with the program that it was
/// made for.
final class SocketRelay: Sendable {
    private let listener: Descriptor
    private static let socketType = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

    /// Makes the socket `name` in `directory`, which is ours alone. Connections go to the socket at `path`.
    init(_ name: String, in directory: String, to path: String, mode: UInt32, uid: UInt32, gid: UInt32) throws(Errno) {
        let folder = try Descriptor.open(directory, O_PATH | O_DIRECTORY)
        let listening = Descriptor(owning: try systemCall { Glibc.socket(AF_UNIX, Self.socketType, 0) })
        let place = "/proc/self/fd/\(folder.raw)/\(name)"
        try Self.withAddress(place) { bind(listening.raw, $0, $1) }
        try systemCall { chown(place, uid, gid) }
        try systemCall { chmod(place, mode) }
        try systemCall { listen(listening.raw, 16) }
        let raw = try listening.duplicate().take()
        listener = listening
        try startThread(name: "agent") {
            while true {
                let client = clinux_accept4(raw, Int32(SOCK_CLOEXEC.rawValue))
                if client < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    break
                }
                Self.serve(client, path)
            }
            close(raw)
        }
    }

    /// No new connections; those that exist end with their programs.
    func end() { shutdown(listener.raw, Int32(SHUT_RDWR)) }

    private static func serve(_ client: Int32, _ path: String) {
        do throws(Errno) {
            try startThread(name: "agent") { relay(Descriptor(owning: client), path) }
        } catch {
            close(client)
        }
    }

    private static func relay(_ client: consuming Descriptor, _ path: String) {
        do throws(Errno) {
            let server = Descriptor(owning: try systemCall { Glibc.socket(AF_UNIX, socketType, 0) })
            try withAddress(path) { connect(server.raw, $0, $1) }
            var watched = [client.raw, server.raw].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            while true {
                if poll(&watched, 2, -1) < 0 {
                    if errno == EINTR { continue }
                    return
                }
                if watched[0].revents != 0 {
                    let bytes = try client.read(upTo: 1 << 14)
                    if bytes.isEmpty { return }
                    try server.writeAll(bytes)
                }
                if watched[1].revents != 0 {
                    let bytes = try server.read(upTo: 1 << 14)
                    if bytes.isEmpty { return }
                    try client.writeAll(bytes)
                }
            }
        } catch {
            // The program sees a closed connection.
        }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(Errno) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .fileNameTooLong }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        try systemCall {
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
            }
        }
    }
}
