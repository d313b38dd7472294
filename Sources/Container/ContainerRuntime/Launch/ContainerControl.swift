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

    /// Lets a paused container's processes go on.
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
    ) throws(RuntimeError) -> Statistics {
        let usage = try cgroup(of: spec, environment: environment).usage()
        var result = Statistics()
        result.cpuNanoseconds = usage.processorNanoseconds
        result.memoryBytes = usage.memory
        result.memoryLimit = usage.memoryLimit ?? 0
        result.processes = usage.pids
        result.blockRead = usage.blockBytesRead
        result.blockWritten = usage.blockBytesWritten
        return result
    }

    /// How many of the container's processes the kernel killed for want of memory since its start.
    public static func outOfMemoryKills(of spec: ContainerSpec, environment: RuntimeEnvironment) -> UInt64 {
        (try? cgroup(of: spec, environment: environment).outOfMemoryKills) ?? 0
    }
}

extension ContainerProcess {
    /// nil when there is no such process.
    fileprivate init?(pid: Int32) {
        guard let status = ProcessStatus(pid: pid) else { return nil }
        let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        var upTime = timespec()
        clock_gettime(CLOCK_BOOTTIME, &upTime)
        let age = max(0, Double(upTime.tv_sec) - Double(status.startTicks) / ticksPerSecond)
        let seconds = Double(status.processorTicks) / ticksPerSecond
        var owner = stat()
        self.init(
            pid: pid, parent: status.parent, user: Self.userName(stat("/proc/\(pid)", &owner) == 0 ? owner.st_uid : 0),
            startSeconds: Instant.now().seconds - Int64(age), processorSeconds: seconds,
            processorPercent: age > 0 ? Int(seconds * 100 / age) : 0, terminal: Self.terminalName(status.terminal),
            command: Self.command(of: pid))
    }

    private static func command(of pid: Int32) -> String {
        let arguments = (try? Files.read("/proc/\(pid)/cmdline")) ?? []
        if !arguments.isEmpty {
            return arguments.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
        let name = (Files.text("/proc/\(pid)/comm") ?? "").split(separator: "\n").first ?? ""
        return "[\(name)]"
    }

    /// The host's name of a user; else the number.
    private static func userName(_ id: UInt32) -> String {
        for line in (Files.text("/etc/passwd") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2 && fields[2] == "\(id)" { return String(fields[0]) }
        }
        return "\(id)"
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
