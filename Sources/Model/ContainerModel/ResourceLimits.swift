/// Limits of a container's control groups (cgroups(7)), in the units of Docker's API. nil leaves the kernel's default.
public struct ResourceLimits: Codable, Sendable, Hashable {
    /// Bytes.
    public var memory: Int64?
    /// Bytes of memory and swap together, as in Docker; -1 is unlimited. nil with `memory` set is twice `memory`.
    public var memorySwap: Int64?
    public var memoryReservation: Int64?
    public var memorySwappiness: Int64?
    public var oomKillDisable: Bool?
    /// 1e-9 processors (Compose `cpus`).
    public var nanoCPUs: Int64?
    /// Relative weight, 2 to 262144.
    public var cpuShares: Int64?
    /// Microseconds.
    public var cpuQuota: Int64?
    public var cpuPeriod: Int64?
    public var cpuRealtimeRuntime: Int64?
    public var cpuRealtimePeriod: Int64?
    /// Lists such as `0-3,5`.
    public var cpusetCPUs: String?
    public var cpusetMemoryNodes: String?
    /// Processes and threads; -1 is unlimited.
    public var pids: Int64?
    public var blkioWeight: Int64?
    public var blkioWeightDevices: [BlkioDevice] = []
    public var blkioReadBps: [BlkioDevice] = []
    public var blkioWriteBps: [BlkioDevice] = []
    public var blkioReadIOPS: [BlkioDevice] = []
    public var blkioWriteIOPS: [BlkioDevice] = []

    public init() {}
}

/// A rate (per second) or weight for one block device.
public struct BlkioDevice: Codable, Sendable, Hashable {
    public var path: String
    public var value: UInt64

    public init(path: String, value: UInt64) {
        self.path = path
        self.value = value
    }
}

/// One `ulimit`: `name` as in `setrlimit(2)` without `RLIMIT_`, lower case; -1 is unlimited.
public struct Ulimit: Codable, Sendable, Hashable {
    public var name: String
    public var soft: Int64
    public var hard: Int64

    public init(name: String, soft: Int64, hard: Int64) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}
