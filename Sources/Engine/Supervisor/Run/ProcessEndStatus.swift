internal import CLinux

/// How a process ended that somebody else reaped.
enum ProcessEndStatus {
    /// The status word of wait(2); nil while it is not reaped, or on a kernel that does not tell (before 6.15).
    static func read(_ pidfd: Int32) -> Int32? {
        var status: Int32 = 0
        return clinux_pidfd_exit_status(pidfd, &status) == 0 ? status : nil
    }
}
