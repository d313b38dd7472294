internal import Primitives

/// One step in the life of a thing that is being worked on.
public struct ProgressItem: Sendable, Equatable {
    /// How far something is.
    public enum Phase: String, Sendable {
        case working = "Working"
        case done = "Done"
        case warning = "Warning"
        case error = "Error"
    }

    /// `Container shop-web-1`.
    public var id: String
    /// `Starting`.
    public var status: String
    /// How far it is.
    public var phase: Phase
    /// More words behind the status.
    public var detail: String
    /// The item that this one is a part of: a layer's image.
    public var parent: String?
    /// How far a part is.
    public var amount: Amount?

    /// Bytes.
    public struct Amount: Sendable, Equatable {
        /// What is done so far, in the units of `total`.
        public var current: Int64
        /// 0 if it is not known.
        public var total: Int64

        public init(current: Int64, total: Int64) {
            self.current = current
            self.total = total
        }
    }

    public init(
        _ id: String, _ status: String, _ phase: Phase, detail: String = "", parent: String? = nil,
        amount: Amount? = nil
    ) {
        self.id = id
        self.status = status
        self.phase = phase
        self.detail = detail
        self.parent = parent
        self.amount = amount
    }

    /// Docker compose puts one more space behind the names of containers, networks, volumes and what was built.
    var separator: String {
        let kinds = ["Container ", "Network ", "Volume ", "Image "]
        return status == "Built" || status == "Interrupted" || kinds.contains { id.hasPrefix($0) } ? "  " : " "
    }

    /// What docker compose has as an event's text and as its status: containers and the like have a status alone.
    var textAndStatus: (text: String, status: String) {
        if separator == " " { return (status, detail) }
        return ("", detail.isEmpty ? status : "\(status) \(detail)")
    }

    /// `web Skipped - No image to be pulled`: for a line of text.
    var line: String {
        let separator = separator
        // Where one space stands in front, docker compose writes one behind too.
        let end = detail.isEmpty ? (separator == " " ? " " : "") : " \(detail)"
        return "\(id)\(separator)\(status)\(end)"
    }
}

/// How progress is shown: `--progress`.
public enum ProgressMode: String, Sendable {
    case auto, tty, plain, json, quiet
}

/// Shows progress. Any thread may report.
public protocol ProgressDisplay: Sendable {
    func report(_ item: ProgressItem)
    /// Ends the display; what comes later is printed below it.
    func finish()
}

/// Stands before what is shown and not done.
public let dryRunMark = " DRY-RUN MODE - "

/// Shows nothing.
public struct QuietProgress: ProgressDisplay {
    public init() {}
    /// Shows the item's new state; any thread may call it.
    public func report(_ item: ProgressItem) {}
    /// Ends the display; what is on the screen stays.
    public func finish() {}
}

/// One line for each event: ` Container shop-web-1  Starting`.
public struct PlainProgress: ProgressDisplay {
    private let output: OutputWriter
    private let prefix: String

    /// Prints a line for each change to `output`, marked as a dry run where it is one.
    public init(_ output: OutputWriter, dryRun: Bool) {
        self.output = output
        prefix = dryRun ? dryRunMark : ""
    }

    /// Shows the item's new state; any thread may call it.
    public func report(_ item: ProgressItem) {
        // A line for each piece that arrives would be too many.
        if item.amount != nil { return }
        output.line("\(prefix) \(item.line)")
        output.flush()
    }

    /// Ends the display; what is on the screen stays.
    public func finish() {}
}

/// One JSON object for each event.
public struct JSONProgress: ProgressDisplay {
    private let output: OutputWriter
    private let dryRun: Bool

    /// Prints a line for each change to `output`, marked as a dry run where it is one.
    public init(_ output: OutputWriter, dryRun: Bool) {
        self.output = output
        self.dryRun = dryRun
    }

    /// Shows the item's new state; any thread may call it.
    public func report(_ item: ProgressItem) {
        var object: JSONValue = dryRun ? ["dry-run": true] : [:]
        object["id"] = .string(item.id)
        object["parent_id"] = item.parent.map { .string($0) }
        let (text, status) = item.textAndStatus
        if !text.isEmpty { object["text"] = .string(text) }
        if !status.isEmpty { object["status"] = .string(status) }
        if let amount = item.amount {
            object["current"] = .number(amount.current)
            object["total"] = .number(amount.total)
            if amount.total > 0 { object["percent"] = .number(amount.current * 100 / amount.total) }
        }
        output.line(object.description)
        output.flush()
    }

    /// Ends the display; what is on the screen stays.
    public func finish() {}
}
