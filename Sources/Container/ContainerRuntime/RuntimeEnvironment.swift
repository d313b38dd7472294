internal import CLinux
public import Cgroups
internal import Glibc
internal import LinuxSystem

/// What the runtime has to know about this host, found out once per process.
public struct RuntimeEnvironment: Sendable {
    /// Which hierarchies of control groups are mounted, and where.
    public var cgroups: CgroupHost
    /// What this process may give to containers.
    public var capabilities: CapabilitySet
    /// Major and minor version of the kernel.
    public var kernel: KernelVersion
    /// What confines processes by policies; nil where AppArmor is off.
    public var appArmor: AppArmorHost?
    /// Possible processors: each may have files to hide.
    public var processorCount: Int
    /// Device nodes of the host, for privileged containers.
    public var hostDevices: @Sendable () -> [HostDevice]

    public init(
        cgroups: CgroupHost, capabilities: CapabilitySet, kernel: KernelVersion, appArmor: AppArmorHost?,
        processorCount: Int, hostDevices: @escaping @Sendable () -> [HostDevice]
    ) {
        self.cgroups = cgroups
        self.capabilities = capabilities
        self.kernel = kernel
        self.appArmor = appArmor
        self.processorCount = processorCount
        self.hostDevices = hostDevices
    }

    /// Finds out what this host has. Blocks.
    public static func detect() throws(RuntimeError) -> RuntimeEnvironment {
        let status = Files.text("/proc/self/status") ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapPrm:") }
        let mask = line.flatMap { UInt64($0.dropFirst(7).trimmingPrefix(while: \.isWhitespace), radix: 16) } ?? 0
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let environment = RuntimeEnvironment(
            cgroups: .detect(), capabilities: CapabilitySet(mask: mask), kernel: KernelVersion(release),
            appArmor: .detect(), processorCount: sysconf(Int32(_SC_NPROCESSORS_CONF)), hostDevices: HostDevice.all)
        guard environment.kernel >= KernelVersion(major: 5, minor: 12) else {
            throw RuntimeError(
                .unsupported, step: "run containers", reason: "they need Linux 5.12 or newer, this is \(release)")
        }
        return environment
    }
}

/// Such as 6.1.
public struct KernelVersion: Sendable, Hashable, Comparable {
    /// The 6 of 6.1.
    public var major: Int
    /// The 1 of 6.1.
    public var minor: Int

    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// From `uname -r`, such as `6.1.0-18-amd64`.
    public init(_ release: String) {
        let numbers = release.split { $0 == "." || $0 == "-" }.prefix(2).map { Int($0) ?? 0 }
        self.init(major: numbers.first ?? 0, minor: numbers.count > 1 ? numbers[1] : 0)
    }

    public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}

/// A device node below the host's `/dev`.
public struct HostDevice: Sendable, Hashable {
    /// Absolute, as `/dev/null`.
    public var path: String
    /// A block device; else a character device.
    public var isBlock: Bool
    /// `st_rdev`.
    public var number: UInt64
    /// Permission bits.
    public var mode: UInt32
    /// Owner of the node on the host.
    public var userID: UInt32
    /// Group of the node on the host.
    public var groupID: UInt32

    public init(path: String, isBlock: Bool, number: UInt64, mode: UInt32, userID: UInt32, groupID: UInt32) {
        self.path = path
        self.isBlock = isBlock
        self.number = number
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
    }

    /// The node at `path`, links followed; nil if there is no device.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let type = status.st_mode & S_IFMT
        guard type == S_IFBLK || type == S_IFCHR else { return nil }
        self.init(
            path: path, isBlock: type == S_IFBLK, number: UInt64(status.st_rdev), mode: status.st_mode & 0o7777,
            userID: status.st_uid, groupID: status.st_gid)
    }

    /// All nodes, without those that every container has its own of.
    @Sendable static func all() -> [HostDevice] { devices(below: "/dev") }

    /// All nodes in a directory and below it.
    static func devices(below directory: String) -> [HostDevice] {
        var found: [HostDevice] = []
        for name in (try? Files.list(directory)) ?? [] {
            let path = "\(directory)/\(name)"
            if ["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/fd", "/dev/console", "/dev/.lxc"].contains(path) {
                continue
            }
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            let type = status.st_mode & S_IFMT
            if type == S_IFDIR { found += devices(below: path) }
            if type == S_IFBLK || type == S_IFCHR, let device = HostDevice(path: path) { found.append(device) }
        }
        return found
    }
}
