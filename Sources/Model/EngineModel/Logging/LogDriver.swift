/// A logging driver, by Docker's name.
public enum LogDriver: String, Sendable, Hashable, CaseIterable {
    case jsonFile = "json-file"
    case local, none, syslog, journald, fluentd, gelf

    /// Those of Docker that send to one company's service, or are for Windows.
    static let foreign: Set = ["awslogs", "etwlogs", "gcplogs", "splunk"]

    /// The options of this driver alone.
    var ownOptions: Set<String> {
        switch self {
        case .jsonFile, .local: ["max-size", "max-file", "compress"]
        case .none, .journald: []
        case .syslog:
            [
                "syslog-address", "syslog-facility", "syslog-format", "syslog-tls-ca-cert", "syslog-tls-cert",
                "syslog-tls-key", "syslog-tls-skip-verify",
            ]
        case .fluentd:
            [
                "fluentd-address", "fluentd-async", "fluentd-async-connect", "fluentd-async-reconnect-interval",
                "fluentd-buffer-limit", "fluentd-max-retries", "fluentd-request-ack", "fluentd-retry-wait",
                "fluentd-sub-second-precision", "fluentd-write-timeout",
            ]
        case .gelf:
            [
                "gelf-address", "gelf-compression-level", "gelf-compression-type", "gelf-tcp-max-reconnect",
                "gelf-tcp-reconnect-delay",
            ]
        }
    }

    /// What every driver takes: how it is fed, and what is kept here of what it sends elsewhere.
    static let commonOptions: Set = [
        "mode", "max-buffer-size", "cache-disabled", "cache-max-size", "cache-max-file", "cache-compress",
        "cache-labels", "cache-labels-regex", "cache-env", "cache-env-regex", "cache-tag",
    ]
    /// What describes the container to who reads the messages.
    static let attributeOptions: Set = ["tag", "labels", "labels-regex", "env", "env-regex"]

    /// Docker's words for an option that there is not.
    func unknownOption(_ name: String) -> String {
        switch self {
        case .local: "unknown log opt '\(name)' for log driver local"
        case .gelf: "unknown log opt \"\(name)\" for gelf log driver"
        case .jsonFile, .none, .syslog, .journald, .fluentd:
            "unknown log opt '\(name)' for \(rawValue) log driver"
        }
    }
}

/// What is wrong with a ``LogConfiguration``.
public struct LogProblem: Error, Sendable, Hashable {
    /// The option that is meant; nil: the driver.
    public var option: String?
    /// In Docker's words, where it has them.
    public var reason: String

    public init(_ option: String?, _ reason: String) {
        self.option = option
        self.reason = reason
    }
}
