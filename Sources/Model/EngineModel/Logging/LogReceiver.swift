internal import Primitives

/// What a logging driver sends its messages to, and how.
public enum LogReceiver: Sendable, Hashable {
    case syslog(SyslogSettings)
    case journald
    case fluentd(FluentdSettings)
    case gelf(GelfSettings)
}

/// The options of the driver `syslog`.
public struct SyslogSettings: Sendable, Hashable {
    /// How a message is written.
    public enum Format: Sendable, Hashable {
        /// The traditional one without a host name, for a daemon of the same host.
        case unix
        case rfc3164
        case rfc5424(microseconds: Bool)
    }

    /// nil is this host's own daemon.
    public var address: LogAddress?
    /// 0 to 23 (RFC 5424, table 1).
    public var facility = 3
    /// Of all messages.
    public var format = Format.unix
    /// For addresses with TLS.
    public var security = LogSecurity()

    private static let facilities = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
    ]

    init(_ reader: inout LogOptionReader) {
        address = reader.address("syslog-address", Self.address)
        if let name = reader.text("syslog-facility") {
            if let number = Self.facility(name) {
                facility = number
            } else {
                reader.wrong("syslog-facility", "invalid syslog facility")
            }
        }
        switch reader.text("syslog-format") {
        case nil: format = .unix
        case "rfc3164": format = .rfc3164
        case "rfc5424": format = .rfc5424(microseconds: false)
        case "rfc5424micro": format = .rfc5424(microseconds: true)
        case .some: reader.wrong("syslog-format", "Invalid syslog format")
        }
        security.authority = reader.text("syslog-tls-ca-cert")
        security.certificate = reader.text("syslog-tls-cert")
        security.key = reader.text("syslog-tls-key")
        // With any value, as Docker takes it.
        security.skipsVerification = reader.options["syslog-tls-skip-verify"] != nil
    }

    private static func facility(_ name: String) -> Int? {
        if let index = facilities.firstIndex(of: name) { return index }
        if name.hasPrefix("local"), let number = Int(name.dropFirst(5)), (0...7).contains(number), name.utf8.count == 6
        {
            return 16 + number
        }
        return Int(name).flatMap { (0...23).contains($0) ? $0 : nil }
    }

    private static func address(_ text: String) throws(LogProblem) -> LogAddress {
        guard let (scheme, rest) = LogAddress.split(text), scheme != "tls" else {
            throw LogProblem(nil, "syslog-address should be in form proto://address, got \(text)")
        }
        if scheme == "unix" { return .unix(rest) }
        if scheme == "unixgram" { return .unixgram(rest) }
        guard let (host, given) = LogAddress.hostAndPort(rest) else {
            throw LogProblem(nil, "address \(rest): too many colons in address")
        }
        guard let port = UInt16(given ?? "514") else {
            throw LogProblem(nil, "address \(rest): invalid port")
        }
        switch scheme {
        case "udp": return .udp(host: host, port: port)
        case "tcp": return .tcp(host: host, port: port)
        default: return .tls(host: host, port: port)
        }
    }
}

/// How the other end of a TLS connection is known, and how it knows this one. Paths on this host.
public struct LogSecurity: Sendable, Hashable {
    /// Certificates to trust; nil are the host's own.
    public var authority: String?
    /// Of this client.
    public var certificate: String?
    /// Of the client's certificate.
    public var key: String?
    /// Anybody is trusted.
    public var skipsVerification = false

    public init() {}
}

/// The options of the driver `fluentd`.
public struct FluentdSettings: Sendable, Hashable {
    /// Where it listens.
    public var address = LogAddress.tcp(host: "127.0.0.1", port: 24224)
    /// The container is started also when nobody is there.
    public var isAsync = false
    /// Bytes that may wait for a receiver that is not there; nil: what the log keeps.
    public var bufferLimit: Int?
    /// After so many failed attempts what was to be sent is dropped; nil: never.
    public var maximumRetries: Int?
    /// Nanoseconds before the first further attempt.
    public var retryWait: Int64 = 1_000_000_000
    /// Nanoseconds between attempts, if they are always as far apart.
    public var reconnectInterval: Int64?
    /// Nanoseconds that a write may take; nil: no end.
    public var writeTimeout: Int64?
    /// Each message is confirmed by the receiver.
    public var requestsAcknowledgement = false
    /// Times have nanoseconds, not only seconds.
    public var hasSubSecondPrecision = false

    init(_ reader: inout LogOptionReader) {
        address = reader.address("fluentd-address", Self.address) ?? address
        if reader.text("fluentd-async") != nil, reader.text("fluentd-async-connect") != nil {
            reader.wrong(
                "fluentd-async-connect",
                "conflicting options: cannot specify both 'fluentd-async' and 'fluentd-async-connect'")
        }
        let connectsLater = reader.boolean("fluentd-async-connect")
        isAsync = reader.boolean("fluentd-async") || connectsLater
        bufferLimit = reader.text("fluentd-buffer-limit").flatMap { _ in reader.size("fluentd-buffer-limit", .binary) }
        if let text = reader.text("fluentd-max-retries") {
            maximumRetries = Int(text)
            if maximumRetries.map({ $0 < 0 }) ?? true {
                reader.wrong("fluentd-max-retries", "strconv.ParseUint: parsing \"\(text)\": invalid syntax")
            }
        }
        retryWait = reader.duration("fluentd-retry-wait") ?? retryWait
        reconnectInterval = reader.duration("fluentd-async-reconnect-interval")
        if let interval = reconnectInterval, !(100_000_000...10_000_000_000).contains(interval) {
            reader.wrong(
                "fluentd-async-reconnect-interval",
                "invalid value for fluentd-async-reconnect-interval: value (\(Duration.nanoseconds(interval).text)) "
                    + "must be between 100ms and 10s")
        }
        writeTimeout = reader.duration("fluentd-write-timeout")
        requestsAcknowledgement = reader.boolean("fluentd-request-ack")
        hasSubSecondPrecision = reader.boolean("fluentd-sub-second-precision")
    }

    private static func address(_ text: String) throws(LogProblem) -> LogAddress {
        let parts = LogAddress.split(text)
        let rest = parts?.rest ?? text
        switch parts?.scheme {
        case "unix": return .unix(rest)
        case "unixgram", "udp", "tcp+tls": throw LogProblem(nil, "unsupported scheme: '\(parts?.scheme ?? "")'")
        default: break
        }
        guard let (host, given) = LogAddress.hostAndPort(rest), let port = UInt16(given ?? "24224") else {
            throw LogProblem(nil, "invalid fluentd-address \(text)")
        }
        let name = host.isEmpty ? "127.0.0.1" : host
        return parts?.scheme == "tls" ? .tls(host: name, port: port) : .tcp(host: name, port: port)
    }
}

/// The options of the driver `gelf`.
public struct GelfSettings: Sendable, Hashable {
    /// What is done with a message before it is sent by UDP.
    public enum Compression: String, Sendable, Hashable {
        case gzip, zlib, none
    }

    /// Where it listens: UDP or TCP.
    public var address = LogAddress.udp(host: "", port: 0)
    /// Of messages by UDP.
    public var compression = Compression.gzip
    /// -1 (zlib's own choice) to 9.
    public var level = 1
    /// By TCP: after so many failed attempts what was to be sent is dropped; nil: never.
    public var maximumReconnects: Int?
    /// By TCP: seconds before the first further attempt.
    public var reconnectDelay = 1

    init(_ reader: inout LogOptionReader) {
        guard reader.text("gelf-address") != nil else {
            reader.wrong(nil, "gelf-address is a required parameter")
            return
        }
        guard let address = reader.address("gelf-address", Self.address) else { return }
        self.address = address
        for option in ["gelf-compression-level", "gelf-compression-type"] {
            guard address.isStream, reader.options[option] != nil else { continue }
            reader.wrong(option, "compression is only supported on UDP")
        }
        for option in ["gelf-tcp-max-reconnect", "gelf-tcp-reconnect-delay"] where reader.options[option] != nil {
            if !address.isStream { reader.wrong(option, "\"\(option)\" is only valid for TCP") }
        }
        func unknown(_ option: String) -> String {
            "unknown value \"\(reader.options[option] ?? "")\" for log opt \"\(option)\" for gelf log driver"
        }
        if let given = reader.options["gelf-compression-level"] {
            if let number = Int(given), (-1...9).contains(number) {
                level = number
            } else {
                reader.wrong("gelf-compression-level", unknown("gelf-compression-level"))
            }
        }
        if let given = reader.options["gelf-compression-type"] {
            if let kind = Compression(rawValue: given) {
                compression = kind
            } else {
                reader.wrong("gelf-compression-type", unknown("gelf-compression-type"))
            }
        }
        maximumReconnects = Self.count("gelf-tcp-max-reconnect", &reader)
        reconnectDelay = Self.count("gelf-tcp-reconnect-delay", &reader) ?? reconnectDelay
    }

    private static func count(_ option: String, _ reader: inout LogOptionReader) -> Int? {
        guard let text = reader.options[option] else { return nil }
        if let number = Int(text), number >= 0 { return number }
        reader.wrong(option, "\"\(option)\" must be a positive integer")
        return nil
    }

    private static func address(_ text: String) throws(LogProblem) -> LogAddress {
        guard let (scheme, rest) = LogAddress.split(text) else {
            throw LogProblem(nil, "gelf-address should be in form proto://address, got \(text)")
        }
        guard scheme == "udp" || scheme == "tcp" else {
            throw LogProblem(nil, "gelf: endpoint needs to be TCP or UDP")
        }
        guard let (host, given) = LogAddress.hostAndPort(rest), let port = given.flatMap({ UInt16($0) }) else {
            throw LogProblem(nil, "gelf: please provide gelf-address as proto://host:port")
        }
        return scheme == "udp" ? .udp(host: host, port: port) : .tcp(host: host, port: port)
    }
}
