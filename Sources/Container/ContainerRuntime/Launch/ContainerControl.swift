internal import CLinux
internal import Cgroups
public import ContainerModel
internal import Glibc
internal import LinuxSystem
internal import Primitives

extension ContainerRuntime {
    /// Stops (freezes) all of the container's processes; returns when they stand still.
    public static func pause(_ spec: ContainerSpec, environment: RuntimeEnvironment) throws(RuntimeError) {
        try control(spec, environment) { cgroup in try cgroup.setFrozen(true) }
    }

    public static func unpause(_ spec: ContainerSpec, environment: RuntimeEnvironment) throws(RuntimeError) {
        try control(spec, environment) { cgroup in try cgroup.setFrozen(false) }
    }

    /// Kills everything in the container's cgroup, frozen or not.
    public static func killAll(_ spec: ContainerSpec, environment: RuntimeEnvironment) throws(RuntimeError) {
        try control(spec, environment) { cgroup in try cgroup.kill() }
    }

    /// The container's processes, as the host's `/proc` shows them, by pid.
    public static func processes(
        of spec: ContainerSpec, environment: RuntimeEnvironment
    ) throws(RuntimeError) -> [ContainerProcess] {
        try cgroup(of: spec, environment: environment).processes().compactMap { ContainerProcess(pid: $0) }
    }

    /// What the container uses now, from its cgroup.
    public static func statistics(
        of spec: ContainerSpec, environment: RuntimeEnvironment
    ) throws(RuntimeError) -> ResourceUsage {
        let usage = try cgroup(of: spec, environment: environment).usage()
        var result = ResourceUsage()
        result.processorNanoseconds = usage.processorNanoseconds
        result.memory = usage.memory
        result.memoryLimit = usage.memoryLimit
        result.pids = usage.pids
        result.pidsLimit = usage.pidsLimit
        result.blockBytesRead = usage.blockBytesRead
        result.blockBytesWritten = usage.blockBytesWritten
        return result
    }

    /// How many of the container's processes the kernel killed for want of memory since its start.
    public static func outOfMemoryKills(of spec: ContainerSpec, environment: RuntimeEnvironment) -> UInt64 {
        (try? cgroup(of: spec, environment: environment).outOfMemoryKills) ?? 0
    }
}

/// One process in a container, as `top` shows it.
public struct ContainerProcess: Sendable, Hashable {
    /// In the host's namespace.
    public var pid: Int32
    public var parent: Int32
    public var userID: UInt32
    /// Seconds since 1970.
    public var startSeconds: Int64
    /// Processor time used, in seconds.
    public var processorSeconds: Double
    /// Processor use over its life time, percent of one processor.
    public var processorPercent: Int
    /// Such as `pts/0` or `?`.
    public var terminal: String
    /// Its arguments, or its name in brackets.
    public var command: String

    /// nil when there is no such process.
    init?(pid: Int32) {
        guard let status = ProcessStatus(pid: pid) else { return nil }
        let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        var upTime = timespec()
        clock_gettime(CLOCK_BOOTTIME, &upTime)
        let age = max(0, Double(upTime.tv_sec) - Double(status.startTicks) / ticksPerSecond)
        self.pid = pid
        parent = status.parent
        processorSeconds = Double(status.processorTicks) / ticksPerSecond
        processorPercent = age > 0 ? Int(processorSeconds * 100 / age) : 0
        startSeconds = Instant.now().seconds - Int64(age)
        terminal = Self.terminalName(status.terminal)
        var owner = stat()
        userID = stat("/proc/\(pid)", &owner) == 0 ? owner.st_uid : 0
        let arguments = (try? Files.read("/proc/\(pid)/cmdline")) ?? []
        if arguments.isEmpty {
            let name = (Files.text("/proc/\(pid)/comm") ?? "").split(separator: "\n").first ?? ""
            command = "[\(name)]"
        } else {
            command = arguments.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
    }

    /// From field 7 of `/proc/PID/stat`: minor number in bits 0 to 7 and 20 to 31, major number between.
    private static func terminalName(_ device: Int32) -> String {
        let bits = UInt32(bitPattern: device)
        let major = (bits >> 8) & 0xfff, minor = (bits & 0xff) | ((bits >> 12) & 0xfff00)
        switch major {
        case 136...143: return "pts/\((major - 136) * 256 + minor)"
        case 4: return "tty\(minor)"
        default: return "?"
        }
    }
}

/// What a container uses.
public struct ResourceUsage: Sendable, Hashable {
    /// Nanoseconds of processor time since its start.
    public var processorNanoseconds: UInt64 = 0
    /// Bytes without reclaimable file pages, as `docker stats` shows it.
    public var memory: UInt64 = 0
    /// Bytes; nil is unlimited.
    public var memoryLimit: UInt64?
    /// Processes and threads.
    public var pids: UInt64 = 0
    public var pidsLimit: UInt64?
    public var blockBytesRead: UInt64 = 0
    public var blockBytesWritten: UInt64 = 0

    public init() {}
}
