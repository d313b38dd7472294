/// What a container uses now.
public struct Statistics: Codable, Sendable, Hashable {
    /// Processor time since its start.
    public var cpuNanoseconds: UInt64 = 0
    /// Without reclaimable file pages, as `docker stats` shows it.
    public var memoryBytes: UInt64 = 0
    /// Bytes. Without a limit the runtime says 0, and the engine what the host has.
    public var memoryLimit: UInt64 = 0
    /// Bytes through all interfaces but `lo`.
    public var networkReceived: UInt64 = 0
    /// As ``networkReceived``, in the other direction.
    public var networkSent: UInt64 = 0
    /// Bytes.
    public var blockRead: UInt64 = 0
    /// Bytes.
    public var blockWritten: UInt64 = 0
    /// Processes and threads.
    public var processes: UInt64 = 0

    public init() {}
}
