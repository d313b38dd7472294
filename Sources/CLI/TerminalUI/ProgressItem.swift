/// One step in the life of a thing that is being worked on.
public struct ProgressItem: Sendable, Equatable {
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
    public var phase: Phase
    /// More words behind the status.
    public var detail: String

    public init(_ id: String, _ status: String, _ phase: Phase, detail: String = "") {
        self.id = id
        self.status = status
        self.phase = phase
        self.detail = detail
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

/// Shows nothing.
public struct QuietProgress: ProgressDisplay {
    public init() {}
    public func report(_ item: ProgressItem) {}
    public func finish() {}
}

/// One line for each event: ` Container shop-web-1  Starting`.
public struct PlainProgress: ProgressDisplay {
    private let output: OutputWriter
    private let prefix: String

    public init(_ output: OutputWriter, dryRun: Bool) {
        self.output = output
        prefix = dryRun ? "DRY-RUN MODE - " : ""
    }

    public func report(_ item: ProgressItem) {
        let detail = item.detail.isEmpty ? "" : " \(item.detail)"
        output.line("\(prefix) \(item.id)  \(item.status)\(detail)")
        output.flush()
    }

    public func finish() {}
}

/// One JSON object for each event.
public struct JSONProgress: ProgressDisplay {
    private let output: OutputWriter
    private let dryRun: Bool

    public init(_ output: OutputWriter, dryRun: Bool) {
        self.output = output
        self.dryRun = dryRun
    }

    public func report(_ item: ProgressItem) {
        var text = dryRun ? "{\"dry-run\":true," : "{"
        text += "\"id\":\(JSONText.quoted(item.id)),\"status\":\(JSONText.quoted(item.phase.rawValue))"
        let words = item.detail.isEmpty ? item.status : "\(item.status) \(item.detail)"
        text += ",\"text\":\(JSONText.quoted(words))}"
        output.line(text)
        output.flush()
    }

    public func finish() {}
}

/// JSON strings (RFC 8259) without a coder.
public enum JSONText {
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
