public import Primitives

/// How a container's output is kept and where it is sent: Compose's `logging`. What it means is read by ``LogSettings``.
public struct LogConfiguration: Codable, Sendable, Hashable {
    /// Compose `logging.driver`, by its name; empty is `json-file`.
    public var driver: String
    /// Compose `logging.options`, as they are written.
    public var options: [String: String]

    public init(driver: String = "json-file", options: [String: String] = [:]) {
        self.driver = driver
        self.options = options
    }
}

/// Which lines of a log are wanted.
public struct LogOptions: Sendable, Hashable {
    /// Waits for further lines at the end.
    public var follow = false
    /// With `follow`: end once the container has ended and will not be restarted.
    public var untilExit = false
    /// As an attached client reads: also the output of a container whose driver keeps no log to read, as far as it is
    /// still there.
    public var attached = false
    /// Lines from the end; nil is all.
    public var tail: Int?
    /// Lines written at this time or later; nil is all.
    public var since: Instant?
    /// Lines written at this time or before; nil is all.
    public var until: Instant?

    public init() {}
}

/// The end of a run, at its place in the log: all of the run's output comes before it.
public struct LogRunEnd: Sendable, Hashable {
    /// When it was written down.
    public var time: Instant
    /// 128 + n for signal n.
    public var exitCode: Int32
    /// The container will be started again.
    public var restarts: Bool

    public init(time: Instant, exitCode: Int32, restarts: Bool) {
        self.time = time
        self.exitCode = exitCode
        self.restarts = restarts
    }
}

/// A line of a container's output, or a part of a long one.
public struct LogRecord: Sendable, Hashable {
    /// Where the container wrote it.
    public enum Stream: UInt8, Sendable, Hashable {
        case output = 1
        case error = 2
    }

    /// When the line's begin was read from the container.
    public var time: Instant
    /// Where the container wrote it; all is output with a terminal.
    public var stream: Stream
    /// The bytes as they were written, without the newline.
    public var line: [UInt8]
    /// False for a part of a line: the next record that the same reader passes on is the part behind it.
    public var complete: Bool

    public init(time: Instant, stream: Stream, line: [UInt8], complete: Bool) {
        self.time = time
        self.stream = stream
        self.line = line
        self.complete = complete
    }
}
