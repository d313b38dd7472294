internal import EngineModel
internal import Primitives

/// What follows HEALTHCHECK: `NONE`, or options and `CMD` with a command.
struct HealthcheckLine {
    let healthcheck: Healthcheck

    init(_ text: String) throws(ImageFormatError) {
        var check = Healthcheck()
        var rest = text
        while rest.hasPrefix("--") {
            let word = String(rest.prefix { !$0.isWhitespace })
            rest = String(rest.dropFirst(word.count)).trimmed
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw Self.wrong(text, "\(word) is not --NAME=VALUE") }
            switch parts[0] {
            case "--interval": check.interval = try Self.duration(parts[1], text)
            case "--timeout": check.timeout = try Self.duration(parts[1], text)
            case "--start-period": check.startPeriod = try Self.duration(parts[1], text)
            case "--start-interval": check.startInterval = try Self.duration(parts[1], text)
            case "--retries":
                guard let retries = Int(parts[1]), retries >= 0 else {
                    throw Self.wrong(text, "retries is not a number")
                }
                check.retries = retries
            default: throw Self.wrong(text, "there is no option \(parts[0])")
            }
        }
        let kind = rest.prefix { !$0.isWhitespace }.uppercased()
        let command = String(rest.dropFirst(kind.count)).trimmed
        if kind == "NONE", command.isEmpty {
            check.test = ["NONE"]
        } else if kind == "CMD", !command.isEmpty {
            let words = try? JSONValue(parsing: command).strings
            check.test = words.map { ["CMD"] + $0 } ?? ["CMD-SHELL", command]
        } else {
            throw Self.wrong(text, "it takes NONE, or CMD and a command")
        }
        // Made anew, as that leaves out what is zero.
        healthcheck = check.completed(from: Healthcheck())
    }

    private static func duration(_ text: String, _ line: String) throws(ImageFormatError) -> Duration {
        guard let value = try? Duration(parsing: text, days: false), value >= .zero else {
            throw wrong(line, "\"\(text)\" is not a duration such as 30s")
        }
        guard value >= .milliseconds(1) else { throw wrong(line, "\"\(text)\" is less than 1ms") }
        return value
    }

    private static func wrong(_ line: String, _ reason: String) -> ImageFormatError {
        ConfigurationChange.wrong("HEALTHCHECK \(line)", reason)
    }
}
