internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A Unix socket that leads to another one: with an owner and a mode of its own, and ended with the program that it was
/// made for.
final class SocketRelay: Sendable {
    private let listener: Descriptor

    /// Makes the socket `name` in `directory`, which is ours alone. Connections go to the socket at `path`.
    init(_ name: String, in directory: String, to path: String, mode: UInt32, uid: UInt32, gid: UInt32) throws(Errno) {
        let folder = try Descriptor.open(directory, O_PATH | O_DIRECTORY)
        let listening = try Descriptor.unixSocket(.stream)
        try listening.bind(to: UnixAddress(name, in: folder))
        let place = "/proc/self/fd/\(folder.raw)/\(name)"
        try systemCall { chown(place, uid, gid) }
        try systemCall { chmod(place, mode) }
        try listening.listen(backlog: 16)
        let raw = try listening.duplicate().take()
        listener = listening
        try startThread(name: "agent") {
            let listening = Descriptor(owning: raw)
            while let client = try? listening.accept() { Self.serve(client.take(), path) }
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
            let server = try Descriptor.unixSocket(.stream)
            try server.connect(to: UnixAddress(path))
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
}
