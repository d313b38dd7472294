public import ContainerModel
internal import Glibc

/// One value to be written into a file of a group.
public struct CgroupSetting: Sendable, Hashable, CustomStringConvertible {
    /// The controller whose file it is, such as `memory`.
    public var controller: String
    /// The file's name in the group's directory.
    public var file: String
    /// What is written into it.
    public var value: String
    /// The kernel may lack the file (swap accounting, a scheduler for block devices): then it is left out.
    public var mayBeMissing: Bool

    public init(_ controller: String, _ file: String, _ value: String, mayBeMissing: Bool = false) {
        self.controller = controller
        self.file = file
        self.value = value
        self.mayBeMissing = mayBeMissing
    }

    public var description: String { "\(controller) \(file) \(value)" }
}

extension ResourceLimits {
    /// The settings that bring these limits about, in the order in which they can be written to a new group.
    public func settings(version: CgroupHierarchy.Version) -> [CgroupSetting] {
        switch version {
        case .v1: memorySettingsV1 + processorSettingsV1 + otherSettings
        case .v2: memorySettingsV2 + processorSettingsV2 + otherSettings
        }
    }

    /// Memory and swap together: twice the memory when only that is set, as in Docker. nil is unlimited.
    private var memoryAndSwap: Int64? {
        if let memorySwap, memorySwap != 0 { return memorySwap < 0 ? nil : memorySwap }
        guard let memory, memory > 0 else { return nil }
        return memory.multipliedReportingOverflow(by: 2).overflow ? nil : memory * 2
    }

    private var memorySettingsV1: [CgroupSetting] {
        var settings: [CgroupSetting] = []
        if let memory, memory > 0 {
            settings.append(CgroupSetting("memory", "memory.limit_in_bytes", "\(memory)"))
            if let total = memoryAndSwap {
                settings.append(
                    CgroupSetting("memory", "memory.memsw.limit_in_bytes", "\(total)", mayBeMissing: true))
            }
        }
        if let memoryReservation, memoryReservation > 0 {
            settings.append(CgroupSetting("memory", "memory.soft_limit_in_bytes", "\(memoryReservation)"))
        }
        if let memorySwappiness, memorySwappiness >= 0 {
            settings.append(CgroupSetting("memory", "memory.swappiness", "\(memorySwappiness)"))
        }
        if oomKillDisable == true { settings.append(CgroupSetting("memory", "memory.oom_control", "1")) }
        return settings
    }

    private var memorySettingsV2: [CgroupSetting] {
        var settings: [CgroupSetting] = []
        if let memory, memory > 0 {
            settings.append(CgroupSetting("memory", "memory.max", "\(memory)"))
            let swap = memoryAndSwap.map { String(max(0, $0 - memory)) } ?? "max"
            settings.append(CgroupSetting("memory", "memory.swap.max", swap, mayBeMissing: true))
        }
        if let memoryReservation, memoryReservation > 0 {
            settings.append(CgroupSetting("memory", "memory.low", "\(memoryReservation)"))
        }
        return settings
    }

    /// Microseconds of processor time per period; nil leaves the default.
    private var quota: (quota: Int64?, period: Int64?) {
        if let nanoCPUs, nanoCPUs > 0 {
            let period = cpuPeriod ?? 100_000
            return (max(1000, nanoCPUs / 1000 * period / 1_000_000), period)
        }
        return (cpuQuota, cpuPeriod)
    }

    private var processorSettingsV1: [CgroupSetting] {
        var settings: [CgroupSetting] = []
        if let cpuShares, cpuShares > 0 { settings.append(CgroupSetting("cpu", "cpu.shares", "\(cpuShares)")) }
        let (quota, period) = quota
        if let period, period > 0 { settings.append(CgroupSetting("cpu", "cpu.cfs_period_us", "\(period)")) }
        if let quota, quota != 0 { settings.append(CgroupSetting("cpu", "cpu.cfs_quota_us", "\(quota)")) }
        if let cpuRealtimePeriod, cpuRealtimePeriod > 0 {
            settings.append(CgroupSetting("cpu", "cpu.rt_period_us", "\(cpuRealtimePeriod)"))
        }
        if let cpuRealtimeRuntime, cpuRealtimeRuntime > 0 {
            settings.append(CgroupSetting("cpu", "cpu.rt_runtime_us", "\(cpuRealtimeRuntime)"))
        }
        return settings
    }

    private var processorSettingsV2: [CgroupSetting] {
        var settings: [CgroupSetting] = []
        if let cpuShares, cpuShares > 0 {
            settings.append(CgroupSetting("cpu", "cpu.weight", "\(Self.weight(shares: cpuShares))"))
        }
        let (quota, period) = quota
        if quota != nil || period != nil {
            let text = quota.map { $0 > 0 ? String($0) : "max" } ?? "max"
            settings.append(CgroupSetting("cpu", "cpu.max", "\(text) \(period ?? 100_000)"))
        }
        return settings
    }

    /// Version 2's weight, 1 to 10000, for version 1's shares, 2 to 262144: the OCI runtimes' curve through
    /// (2, 1), (1024, 100) and (262144, 10000).
    static func weight(shares: Int64) -> Int64 {
        if shares <= 2 { return 1 }
        if shares >= 262_144 { return 10_000 }
        let logarithm = log2(Double(shares))
        let exponent = (logarithm * logarithm + 125 * logarithm) / 612 - 7.0 / 34
        return Int64(pow(10, exponent).rounded(.up))
    }

    private var otherSettings: [CgroupSetting] {
        var settings: [CgroupSetting] = []
        if let cpusetCPUs, !cpusetCPUs.isEmpty {
            settings.append(CgroupSetting("cpuset", "cpuset.cpus", cpusetCPUs))
        }
        if let cpusetMemoryNodes, !cpusetMemoryNodes.isEmpty {
            settings.append(CgroupSetting("cpuset", "cpuset.mems", cpusetMemoryNodes))
        }
        if let pids, pids != 0 {
            settings.append(CgroupSetting("pids", "pids.max", pids < 0 ? "max" : "\(pids)"))
        }
        return settings
    }
}
