internal import CLinux
internal import Glibc
public import SystemPackage

/// Which process is meant, for as long as this boot lasts: numbers are reused, start times are not.
public struct ProcessIdentity: Codable, Sendable, Hashable {
    /// In the host's process id namespace.
    public var pid: Int32
    /// Field 22 of `/proc/PID/stat`: clock ticks after boot.
    public var startTicks: UInt64
    /// `/proc/sys/kernel/random/boot_id`.
    public var bootID: String

    public init(pid: Int32, startTicks: UInt64, bootID: String = ProcessIdentity.currentBootID) {
        self.pid = pid
        self.startTicks = startTicks
        self.bootID = bootID
    }

    /// The identity of the process that has `pid` now; nil when there is none.
    public init?(pid: Int32) {
        guard let status = ProcessStatus(pid: pid) else { return nil }
        self.init(pid: pid, startTicks: status.startTicks)
    }

    /// Of this boot, read once per process; empty if `/proc` is not there.
    public static let currentBootID: String = {
        let text = Files.text("/proc/sys/kernel/random/boot_id") ?? ""
        return String(text.prefix { $0 != "\n" })
    }()

    /// Whether it still runs. A zombie does not.
    public var isAlive: Bool {
        guard bootID == Self.currentBootID, let status = ProcessStatus(pid: pid) else { return false }
        return status.startTicks == startTicks && status.state != "Z" && status.state != "X"
    }

    /// A pidfd of this very process: its start time is compared after opening. ESRCH when it is gone.
    public func openPidfd() throws(Errno) -> Descriptor {
        guard bootID == Self.currentBootID else { throw .noSuchProcess }
        let pidfd = Descriptor(owning: try systemCall { clinux_pidfd_open(pid, 0) })
        guard let status = ProcessStatus(pid: pid), status.startTicks == startTicks else { throw .noSuchProcess }
        return pidfd
    }

    /// Sends `signal`; ESRCH when the process is gone.
    public func send(signal: Int32) throws(Errno) {
        let pidfd = try openPidfd()
        try systemCall { clinux_pidfd_send_signal(pidfd.raw, signal) }
    }
}
