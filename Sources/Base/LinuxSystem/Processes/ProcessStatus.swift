/// The fields of `/proc/PID/stat` that we need (proc_pid_stat(5)).
public struct ProcessStatus: Sendable, Hashable {
    /// One letter: `R` running, `Z` a zombie, and so on.
    public var state: Character
    /// Process id of the parent; 0 when that is outside of the namespace.
    public var parent: Int32
    /// After boot.
    public var startTicks: UInt64
    /// User and system time in clock ticks.
    public var processorTicks: UInt64
    /// The device number of its terminal, 0 for none.
    public var terminal: Int32

    /// nil when there is no such process.
    public init?(pid: Int32) {
        guard let text = Files.text("/proc/\(pid)/stat") else { return nil }
        self.init(line: text)
    }

    /// Reads one line of the file; nil if it is not one.
    ///
    /// The command in field 2 may hold spaces and parentheses: fields count from the last `)`.
    public init?(line: String) {
        guard let end = line.lastIndex(of: ")") else { return nil }
        let fields = line[line.index(after: end)...].split(separator: " ")
        guard fields.count >= 20, let state = fields[0].first, let parent = Int32(fields[1]),
            let terminal = Int32(fields[4]), let user = UInt64(fields[11]), let system = UInt64(fields[12]),
            let start = UInt64(fields[19])
        else { return nil }
        self.state = state
        self.parent = parent
        self.terminal = terminal
        processorTicks = user + system
        startTicks = start
    }
}
