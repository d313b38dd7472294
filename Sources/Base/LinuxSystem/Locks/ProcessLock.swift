internal import CLinux
internal import Glibc
public import SystemPackage

/// A lock on a file that belongs to this process (fcntl(2), `F_SETLK`) and not, as ``FileLock``, to an open file: a
/// process that is forked afterwards has no part in it and does not keep it.
///
/// Held while the value lives. Nothing else in the process may open the file: closing any descriptor of it lets go.
public struct ProcessLock: ~Copyable, Sendable {
    private let file: Descriptor

    /// Makes the file if it is missing; nil while another process holds the lock.
    public init?(ifFree path: String) throws(Errno) {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        var range = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        do throws(Errno) {
            try systemCall { fcntl(file.raw, F_SETLK, &range) }
        } catch {
            if error == .wouldBlock || error == .permissionDenied { return nil }
            throw error
        }
        self.file = file
    }
}
