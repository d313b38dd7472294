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
        let socket = try Descriptor.unixSocket(.packets, nonBlocking: true)
        let fresh = "\(name).new"
        unlinkat(folder.raw, fresh, 0)
        try socket.bind(to: UnixAddress(fresh, in: folder))
        try systemCall { fchmodat(folder.raw, fresh, 0o600, 0) }
        try socket.listen(backlog: 256)
        try systemCall { renameat(folder.raw, fresh, folder.raw, name) }
        return socket
    }

    /// Connects to the supervisor of `directory`; fails with ENOENT or ECONNREFUSED when there is none, with EAGAIN when
    /// it does not accept.
    static func connect(directory: String) throws(Errno) -> Descriptor {
        let folder = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        let socket = try Descriptor.unixSocket(.packets)
        // Also connecting waits for one that does not accept, once its queue is full.
        try socket.setTimeouts(seconds: Int(SupervisorPulse.patience) / 1000)
        try socket.connect(to: UnixAddress(name, in: folder))
        return socket
    }

    /// Accepts a connection whose other end is root or this process's user; nil when none is waiting. Fails with EMFILE
    /// and its like when there is no descriptor for it: it waits on.
    static func accept(_ listener: borrowing Descriptor) throws(Errno) -> Descriptor? {
        do throws(Errno) {
            while true {
                let connection = try listener.accept(nonBlocking: true)
                let user = (try? connection.peerCredentials())?.user
                if user == 0 || user == geteuid() { return connection }
            }
        } catch {
            if error == .wouldBlock { return nil }
            throw error
        }
    }
}
