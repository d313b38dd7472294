public import LinuxSystem
public import Primitives

/// A process that runs: its program was executed.
public struct LaunchedProcess: ~Copyable, Sendable {
    /// Stays good when ``pidfd`` is closed, and in other processes.
    public let identity: ProcessIdentity
    /// Becomes readable when the process ends. For children of this process also good for `waitid(P_PIDFD)`.
    public let pidfd: Descriptor
    /// Our end of the pseudo terminal when the process has one.
    public var terminal: Descriptor?

    public init(identity: ProcessIdentity, pidfd: consuming Descriptor, terminal: consuming Descriptor?) {
        self.identity = identity
        self.pidfd = pidfd
        self.terminal = terminal
    }

    /// Takes the terminal out.
    public mutating func takeTerminal() -> Descriptor? {
        var taken: Descriptor?
        swap(&taken, &terminal)
        return taken
    }
}

/// How a process ended.
public enum ExitStatus: Codable, Sendable, Hashable {
    case exited(Int32)
    case signaled(Int32, coreDumped: Bool)

    /// From wait(2)'s status word.
    public init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signaled(signal, coreDumped: waitStatus & 0x80 != 0)
    }

    /// As shells count: 128 + signal.
    public var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal, _): 128 + signal
        }
    }
}

/// The end of one of the keeper's children.
public struct ExitRecord: Codable, Sendable, Hashable {
    /// What the launch was called: a container's or an exec's id.
    public var tag: String
    /// The number alone may be another process's by now.
    public var identity: ProcessIdentity
    /// Exit code, or the signal that ended it.
    public var status: ExitStatus
    /// When the keeper reaped it.
    public var time: Instant

    public init(tag: String, identity: ProcessIdentity, status: ExitStatus, time: Instant) {
        self.tag = tag
        self.identity = identity
        self.status = status
        self.time = time
    }
}

/// Descriptors a launch hands to the container. They stay the caller's, who may close them after the launch.
public struct LaunchDescriptors: Sendable {
    /// Standard streams; nil is `/dev/null`. Not used when the process has a terminal.
    public var standardInput: Int32?
    /// nil is `/dev/null`, as for the others.
    public var standardOutput: Int32?
    /// May be the same descriptor as ``standardOutput``.
    public var standardError: Int32?
    /// The prepared network namespace for `network: own`; nil makes an empty one with only `lo`.
    public var networkNamespace: Int32?
    /// Process 1 of each container whose namespaces are shared (``NamespaceMode/container(_:)``), by id.
    public var containers: [String: ProcessIdentity]
    /// Rows and columns of the terminal.
    public var terminalSize: TerminalSize?

    public init() {
        containers = [:]
    }
}

/// The size of a terminal's window, in characters.
public struct TerminalSize: Codable, Sendable, Hashable {
    /// Lines (`ws_row` of TIOCSWINSZ).
    public var rows: UInt16
    /// Characters of a line (`ws_col`).
    public var columns: UInt16

    public init(rows: UInt16, columns: UInt16) {
        self.rows = rows
        self.columns = columns
    }
}
