internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A lock file (flock(2)) that may be removed by its holder.
///
/// Whoever gets the lock checks that the path still names the file that was locked, and tries again if not.
struct ProjectLock: ~Copyable {
    private let file: Descriptor
    private let path: String

    /// Waits for the lock, at most until `deadline` (monotonic nanoseconds); nil if that passed.
    static func acquire(_ path: String, deadline: Int64) throws(Errno) -> ProjectLock? {
        while true {
            if let lock = try attempt(path) { return lock }
            if monotonicNanoseconds() >= deadline { return nil }
            usleep(2000)
        }
    }

    /// The lock if nobody has it.
    static func attempt(_ path: String) throws(Errno) -> ProjectLock? {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        do throws(Errno) {
            try systemCall { flock(file.raw, LOCK_EX | LOCK_NB) }
        } catch {
            if error == .wouldBlock { return nil }
            throw error
        }
        let locked = try file.status()
        var named = stat()
        guard lstat(path, &named) == 0, named.st_ino == locked.st_ino, named.st_dev == locked.st_dev else { return nil }
        return ProjectLock(file: file, path: path)
    }

    /// Removes the file and lets go.
    consuming func remove() {
        unlink(path)
    }
}

/// Held by a project's supervisor for its whole life, so that there is never a second one.
///
/// A lock of fcntl(2) belongs to the process and not to the open file: the keeper, forked afterwards, has no part in it.
final class SupervisorLock: Sendable {
    private let file: Descriptor

    /// nil when another process has it.
    init?(_ path: String) throws(Errno) {
        file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        if fcntl(file.raw, F_SETLK, &lock) != 0 { return nil }
    }
}
