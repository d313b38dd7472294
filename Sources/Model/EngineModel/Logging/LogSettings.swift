internal import Primitives

/// What a ``LogConfiguration`` says: the one place where drivers and their options are read. The loader of files shows
/// ``problems`` at their places, the engine refuses to make a container with any, the supervisor works by the values.
public struct LogSettings: Sendable, Hashable {
    /// `json-file` if the named one is not there.
    public private(set) var driver = LogDriver.jsonFile
    /// How much is kept here.
    public private(set) var retention = LogRetention()
    /// Whether there is a log to read, and not only what attached clients see.
    public private(set) var isReadable = true
    /// What is said of the container with each message.
    public private(set) var attributes = LogAttributes()
    /// Where messages go; nil: only into the log.
    public private(set) var receiver: LogReceiver?
    /// Bytes of output that may wait for the receiver; nil: what the log keeps.
    public private(set) var backlog: Int?
    /// What is wrong, in the order in which Docker would say it. The values stand for what is right of it.
    public private(set) var problems: [LogProblem] = []

    /// Reads the options; never fails, see ``problems``.
    public init(_ configuration: LogConfiguration) {
        guard let driver = LogDriver(rawValue: configuration.driver.isEmpty ? "json-file" : configuration.driver) else {
            problems = [LogProblem(nil, Self.noDriver(configuration.driver))]
            return
        }
        self.driver = driver
        if driver == .none {
            isReadable = false
            return
        }
        var reader = LogOptionReader(configuration.options)
        readMode(&reader)
        let known = driver.ownOptions.union(LogDriver.commonOptions).union(LogDriver.attributeOptions)
        for option in configuration.options.keys.sorted() where !known.contains(option) {
            reader.wrong(option, driver.unknownOption(option))
        }
        attributes = LogAttributes(&reader)
        switch driver {
        case .none: break
        case .jsonFile: retention = LogRetention(jsonFile: &reader)
        case .local: retention = LogRetention(local: &reader, prefix: "")
        case .syslog: receiver = .syslog(SyslogSettings(&reader))
        case .journald: receiver = .journald
        case .fluentd: receiver = .fluentd(FluentdSettings(&reader))
        case .gelf: receiver = .gelf(GelfSettings(&reader))
        }
        if let receiver { readCache(&reader, receiver) }
        problems = reader.problems
    }

    private static func noDriver(_ name: String) -> String {
        LogDriver.foreign.contains(name)
            ? "the driver \(name) is not supported, these are: "
                + LogDriver.allCases.map(\.rawValue).joined(separator: ", ")
            : "logger: no log driver named '\(name)' is registered"
    }

    private mutating func readMode(_ reader: inout LogOptionReader) {
        let mode = reader.text("mode")
        if let mode, mode != "blocking", mode != "non-blocking" {
            reader.wrong("mode", "logger: logging mode not supported: \(mode)")
        }
        guard reader.options["max-buffer-size"] != nil else { return }
        if mode != "non-blocking" {
            reader.wrong(
                "max-buffer-size", "logger: max-buffer-size option is only supported with 'mode=non-blocking'")
        }
        backlog = reader.size("max-buffer-size", .binary, prefix: "error parsing option max-buffer-size: ")
    }

    /// What is kept here of what is sent elsewhere, which `logs` reads.
    private mutating func readCache(_ reader: inout LogOptionReader, _ receiver: LogReceiver) {
        let words = "invalid value for option cache-disabled: \(reader.options["cache-disabled"] ?? "")"
        isReadable = !reader.boolean("cache-disabled", words: words)
        retention = LogRetention(local: &reader, prefix: "cache-")
        if case .fluentd(let settings) = receiver, let limit = settings.bufferLimit {
            backlog = min(backlog ?? .max, limit)
        }
    }
}

/// How much of a container's output is kept, in Docker's files.
public struct LogRetention: Sendable, Hashable {
    /// Bytes of one file; nil: no limit was named.
    public var size: Int?
    /// Number of files.
    public var files = 1
    /// All but the youngest file are compressed.
    public var isCompressed = false

    init() {}

    init(jsonFile reader: inout LogOptionReader) {
        size = reader.size("max-size", .decimal)
        if size == 0 { reader.wrong("max-size", "max-size must be a positive number") }
        files = reader.number("max-file") ?? 1
        if files < 1 { reader.wrong("max-file", "max-file cannot be less than 1") }
        isCompressed = reader.boolean("compress")
        if isCompressed && (files == 1 || reader.options["max-size"] == nil) {
            reader.wrong(
                "compress", "compress cannot be true when max-file is less than 2 or max-size is not set")
        }
    }

    /// - Parameter prefix: of the options' names.
    init(local reader: inout LogOptionReader, prefix: String) {
        func words(_ option: String) -> String {
            "invalid value for \(option): \(reader.options[prefix + option] ?? "")"
        }
        size = reader.size("\(prefix)max-size", .decimal, prefix: words("max-size") + ": ") ?? 20 << 20
        files = reader.number("\(prefix)max-file", words: words("max-file")) ?? 5
        if files < 0 { reader.wrong("\(prefix)max-file", "max-file must not be negative") }
        isCompressed = reader.boolean("\(prefix)compress", or: true, words: words("compress"))
        if isCompressed && (0...1).contains(files) {
            // At the option that asks for it.
            let option = reader.options["\(prefix)max-file"] == nil ? "compress" : "max-file"
            reader.wrong(prefix + option, "compression cannot be enabled when max file count is 1")
        }
    }
}
