/// Limits of a container's control groups (cgroups(7)), in the units of Docker's API. nil leaves the kernel's default.
public struct ResourceLimits: Codable, Sendable, Hashable {
    /// Bytes.
    public var memory: Int64?
    /// Bytes of memory and swap together, as in Docker; -1 is unlimited. nil with `memory` set is twice `memory`.
    public var memorySwap: Int64?
    /// Bytes that are left to it when the host's memory is short (Compose `mem_reservation`).
    public var memoryReservation: Int64?
    /// 0 to 100 (Compose `mem_swappiness`); only control groups of version 1 have it.
    public var memorySwappiness: Int64?
    /// Processes wait instead of being killed when memory is used up; only in control groups of version 1.
    public var oomKillDisable: Bool?
    /// 1e-9 processors (Compose `cpus`).
    public var nanoCPUs: Int64?
    /// Relative weight, 2 to 262144.
    public var cpuShares: Int64?
    /// Microseconds.
    public var cpuQuota: Int64?
    /// Microseconds in which ``cpuQuota`` is used; nil is 100000.
    public var cpuPeriod: Int64?
    /// Microseconds of real-time scheduling in a ``cpuRealtimePeriod``; only in control groups of version 1.
    public var cpuRealtimeRuntime: Int64?
    /// Microseconds; only in control groups of version 1.
    public var cpuRealtimePeriod: Int64?
    /// Lists such as `0-3,5`.
    public var cpusetCPUs: String?
    /// A list of NUMA nodes, as `cpuset.mems` takes it; Docker's `CpusetMems`.
    public var cpusetMemoryNodes: String?
    /// Processes and threads; -1 is unlimited.
    public var pids: Int64?
    /// Relative weight of input and output, 10 to 1000 (Compose `blkio_config.weight`).
    public var blkioWeight: Int64?
    /// Weights that differ for single devices (`weight_device`).
    public var blkioWeightDevices: [BlkioDevice] = []
    /// Bytes read per second (`device_read_bps`).
    public var blkioReadBps: [BlkioDevice] = []
    /// Bytes written per second (`device_write_bps`).
    public var blkioWriteBps: [BlkioDevice] = []
    /// Reads per second (`device_read_iops`).
    public var blkioReadIOPS: [BlkioDevice] = []
    /// Writes per second (`device_write_iops`).
    public var blkioWriteIOPS: [BlkioDevice] = []

    public init() {}
}

/// A rate (per second) or weight for one block device.
public struct BlkioDevice: Codable, Sendable, Hashable {
    /// Of the device node on the host, such as `/dev/sda`.
    public var path: String
    /// Bytes or operations per second, or a weight: as the list says in which it stands.
    public var value: UInt64

    public init(path: String, value: UInt64) {
        self.path = path
        self.value = value
    }
}

/// One `ulimit`: `name` as in `setrlimit(2)` without `RLIMIT_`, lower case; -1 is unlimited.
public struct Ulimit: Codable, Sendable, Hashable {
    /// The kernel's numbers (`RLIMIT_…`), by name.
    public static let resources: [String: UInt64] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8,
        "as": 9, "locks": 10, "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
    ]

    /// Such as `nofile`.
    public var name: String
    /// What holds until the process raises it, up to ``hard``.
    public var soft: Int64
    /// What only privileged processes can raise.
    public var hard: Int64

    public init(name: String, soft: Int64, hard: Int64) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}
