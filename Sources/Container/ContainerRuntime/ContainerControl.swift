public import ContainerSpec

extension ContainerRuntime {
    /// Stops (freezes) all of the container's processes; returns when they stand still.
    public static func pause(_ spec: ContainerSpec, environment: RuntimeEnvironment) throws(RuntimeError) {
        throw RuntimeError(.unsupported, step: "pause")
    }

    public static func unpause(_ spec: ContainerSpec, environment: RuntimeEnvironment) throws(RuntimeError) {
        throw RuntimeError(.unsupported, step: "unpause")
    }

    /// Kills everything in the container's cgroup, frozen or not.
    public static func killAll(_ spec: ContainerSpec, environment: RuntimeEnvironment) throws(RuntimeError) {
        throw RuntimeError(.unsupported, step: "kill")
    }

    /// The container's processes, as the host's `/proc` shows them, by pid.
    public static func processes(
        of spec: ContainerSpec, environment: RuntimeEnvironment
    ) throws(RuntimeError) -> [ContainerProcess] { throw RuntimeError(.unsupported, step: "top") }

    /// What the container uses now, from its cgroup.
    public static func statistics(
        of spec: ContainerSpec, environment: RuntimeEnvironment
    ) throws(RuntimeError) -> ResourceUsage { throw RuntimeError(.unsupported, step: "stats") }

    /// How many of the container's processes the kernel killed for want of memory since its start.
    public static func outOfMemoryKills(of spec: ContainerSpec, environment: RuntimeEnvironment) -> UInt64 { 0 }
}

/// One process in a container, as `top` shows it.
public struct ContainerProcess: Sendable, Hashable {
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
    public var command: String
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
