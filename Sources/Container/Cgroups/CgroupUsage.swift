internal import LinuxSystem

/// What a control group uses and used.
public struct CgroupUsage: Sendable, Hashable {
    /// Nanoseconds of processor time.
    public var processorNanoseconds: UInt64 = 0
    /// Bytes without file pages that could be given back at once.
    public var memory: UInt64 = 0
    /// Bytes; nil is unlimited.
    public var memoryLimit: UInt64?
    /// Processes and threads.
    public var pids: UInt64 = 0
    /// The most there may be; nil is no limit.
    public var pidsLimit: UInt64?
    /// Bytes read from block devices so far.
    public var blockBytesRead: UInt64 = 0
    /// Bytes written to block devices so far.
    public var blockBytesWritten: UInt64 = 0
    /// Processes killed for want of memory.
    public var outOfMemoryKills: UInt64 = 0

    public init() {}
}

extension ContainerCgroup {
    /// Reads all counters; those of missing controllers are 0.
    public func usage() -> CgroupUsage {
        var usage = host.isUnified ? usageV2() : usageV1()
        usage.pids = number("pids", "pids.current") ?? 0
        usage.pidsLimit = number("pids", "pids.max")
        usage.outOfMemoryKills = outOfMemoryKills
        return usage
    }

    /// Processes of the group killed for want of memory.
    public var outOfMemoryKills: UInt64 {
        host.isUnified
            ? field("memory", "memory.events", "oom_kill") : field("memory", "memory.oom_control", "oom_kill")
    }

    private func usageV1() -> CgroupUsage {
        var usage = CgroupUsage()
        usage.processorNanoseconds = number("cpuacct", "cpuacct.usage") ?? 0
        let used = number("memory", "memory.usage_in_bytes") ?? 0
        let inactive = field("memory", "memory.stat", "total_inactive_file")
        usage.memory = used > inactive ? used - inactive : used
        // Unlimited is the largest multiple of the page size.
        usage.memoryLimit = number("memory", "memory.limit_in_bytes").flatMap { $0 > 1 << 62 ? nil : $0 }
        for line in lines("blkio", "blkio.throttle.io_service_bytes") {
            let fields = line.split(separator: " ")
            guard fields.count == 3, let bytes = UInt64(fields[2]) else { continue }
            if fields[1] == "Read" { usage.blockBytesRead += bytes }
            if fields[1] == "Write" { usage.blockBytesWritten += bytes }
        }
        return usage
    }

    private func usageV2() -> CgroupUsage {
        var usage = CgroupUsage()
        usage.processorNanoseconds = field("cpu", "cpu.stat", "usage_usec") * 1000
        let used = number("memory", "memory.current") ?? 0
        let inactive = field("memory", "memory.stat", "inactive_file")
        usage.memory = used > inactive ? used - inactive : used
        usage.memoryLimit = number("memory", "memory.max")
        for line in lines("io", "io.stat") {
            for pair in line.split(separator: " ").dropFirst() {
                let parts = pair.split(separator: "=")
                guard parts.count == 2, let value = UInt64(parts[1]) else { continue }
                if parts[0] == "rbytes" { usage.blockBytesRead += value }
                if parts[0] == "wbytes" { usage.blockBytesWritten += value }
            }
        }
        return usage
    }

    private func text(_ controller: String, _ file: String) -> String {
        guard let hierarchy = host.hierarchy(of: controller) else { return "" }
        return Files.text("\(path(in: hierarchy))/\(file)") ?? ""
    }

    private func lines(_ controller: String, _ file: String) -> [Substring] {
        text(controller, file).split(separator: "\n")
    }

    /// The file's only number; nil for `max`.
    private func number(_ controller: String, _ file: String) -> UInt64? {
        lines(controller, file).first.flatMap { UInt64($0) }
    }

    /// The number behind `name` in a file of names and numbers.
    private func field(_ controller: String, _ file: String, _ name: String) -> UInt64 {
        for line in lines(controller, file) {
            let fields = line.split(separator: " ")
            if fields.count == 2, fields[0] == name { return UInt64(fields[1]) ?? 0 }
        }
        return 0
    }
}
