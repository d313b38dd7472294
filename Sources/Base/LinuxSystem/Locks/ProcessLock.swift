internal import CLinux
internal import Glibc
public import SystemPackage

/// A lock on a file that belongs to this process (fcntl(2), `F_SETLK`) and not, as ``FileLock``, to an open file: a
/// process that is forked afterwards has no part in it and does not keep it.
///
/// Held while the value lives. Nothing else in the process may open the file: closing any descriptor of it lets go.
public struct ProcessLock: ~Copyable, Sendable {
    private let file: Descriptor

    /// The number of the open file, for a program that this process is to become: see ``keepOverExec()``.
    public var raw: Int32 { file.raw }

    /// Makes the file if it is missing; nil while another process holds the lock.
    public init?(ifFree path: String) throws(Errno) {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        var range = Self.wholeFile
        do throws(Errno) {
            try systemCall { fcntl(file.raw, F_SETLK, &range) }
        } catch {
            if error == .wouldBlock || error == .permissionDenied { return nil }
            throw error
        }
        self.file = file
    }

    /// Takes over a lock that this process had before it executed its present program, by the number of its file. Takes
    /// it anew if it is free; nil while another process holds it, or if the number is not that of an open file.
    public init?(inherited raw: Int32) {
        var range = Self.wholeFile
        guard fcntl(raw, F_SETFD, FD_CLOEXEC) == 0, fcntl(raw, F_SETLK, &range) == 0 else { return nil }
        file = Descriptor(owning: raw)
    }

    /// The lock stays held when this process executes another program (execve(2)), which takes it over by its number.
    public borrowing func keepOverExec() throws(Errno) { try systemCall { fcntl(file.raw, F_SETFD, 0) } }

    /// Whether `path` still leads to the file that is locked: somebody may have removed it.
    public borrowing func isNamed(_ path: String) -> Bool {
        (try? file.isNamed(path)) == true
    }

    /// The process that holds the lock of this file; nil if none does. Never for a file that this process may have
    /// locked itself: looking would let go of it.
    public static func holder(of path: String) -> Int32? {
        guard let file = try? Descriptor.open(path, O_RDWR | O_NOFOLLOW) else { return nil }
        var range = wholeFile
        guard fcntl(file.raw, F_GETLK, &range) == 0, range.l_type != Int16(F_UNLCK) else { return nil }
        return range.l_pid
    }

    private static var wholeFile: flock {
        flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    }
}
