/// One process in a container, as `top` shows it.
public struct ContainerProcess: Codable, Sendable, Hashable {
    /// In the host's namespace.
    public var pid: Int32
    /// Its parent's id in the host's namespace; that may be a process outside of the container.
    public var parent: Int32
    /// The host's name of its user, or the number where the host has none.
    public var user: String
    /// When it was started: seconds since 1970.
    public var startSeconds: Int64
    /// Processor time used, in seconds.
    public var processorSeconds: Double
    /// Processor use over its life time, percent of one processor.
    public var processorPercent: Int
    /// Such as `pts/0` or `?`.
    public var terminal: String
    /// Its arguments, or its name in brackets.
    public var command: String

    public init(
        pid: Int32, parent: Int32, user: String, startSeconds: Int64, processorSeconds: Double, processorPercent: Int,
        terminal: String, command: String
    ) {
        self.pid = pid
        self.parent = parent
        self.user = user
        self.startSeconds = startSeconds
        self.processorSeconds = processorSeconds
        self.processorPercent = processorPercent
        self.terminal = terminal
        self.command = command
    }
}
