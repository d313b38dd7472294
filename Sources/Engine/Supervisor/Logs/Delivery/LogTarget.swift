internal import EngineModel
internal import Primitives

/// Where messages go, and what is done when nobody takes them: a receiver's settings as the delivery needs them.
struct LogTarget: Sendable, Hashable {
    /// When what failed is tried again.
    struct Retry: Sendable, Hashable {
        /// Nanoseconds before the first further attempt.
        var first: Int64 = 100_000_000
        /// How much longer each following wait is, in tenths.
        var growth: Int64 = 20
        /// Nanoseconds of the longest.
        var longest: Int64 = 10_000_000_000
        /// After so many failures what was to be sent is dropped; nil: never.
        var attempts: Int?

        func wait(after failures: Int) -> Int64 {
            var wait = first
            for _ in 1..<max(1, failures) where wait < longest { wait = wait * growth / 10 }
            return min(wait, longest)
        }
    }

    /// The first one that takes a connection.
    var addresses: [LogAddress]
    /// The container is started also when nobody is there.
    var isAsync = false
    var retry = Retry()
    /// Nanoseconds that a write may take; nil: no end.
    var writeTimeout: Int64?
    /// Each message is confirmed.
    var acknowledges = false
    /// What is too long for a datagram goes as a memory file.
    var sendsFiles = false
    var security = LogSecurity()
    /// Bytes of output that may wait; nil: what the log keeps.
    var backlog: Int?
    /// Stands before what is told of it; Docker's words where nobody is there at all.
    private var prefix = ""
    private var absence: String?

    static let journal = "/run/systemd/journal/socket"

    init(addresses: [LogAddress]) {
        self.addresses = addresses
    }

    init(_ receiver: LogReceiver, backlog: Int?) {
        switch receiver {
        case .syslog(let settings):
            self.init(addresses: settings.address.map { [$0] } ?? Self.localSyslog)
            security = settings.security
            if settings.address == nil { absence = "Unix syslog delivery error" }
        case .journald:
            self.init(addresses: [.unixgram(Self.journal)])
            sendsFiles = true
            absence = "journald is not enabled on this host"
        case .fluentd(let settings):
            self.init(addresses: [settings.address])
            isAsync = settings.isAsync
            writeTimeout = settings.writeTimeout
            acknowledges = settings.requestsAcknowledgement
            retry = Retry(
                first: settings.reconnectInterval ?? settings.retryWait,
                growth: settings.reconnectInterval == nil ? 15 : 10, longest: 60_000_000_000,
                attempts: settings.maximumRetries)
        case .gelf(let settings):
            self.init(addresses: [settings.address])
            prefix = "gelf: cannot connect to GELF endpoint: "
            retry.first = max(10_000_000, Int64(settings.reconnectDelay) * 1_000_000_000)
            retry.attempts = settings.maximumReconnects
        }
        self.backlog = backlog
    }

    private static let localSyslog: [LogAddress] = ["/dev/log", "/var/run/syslog", "/var/run/log"]
        .flatMap { [.unixgram($0), .unix($0)] }

    /// Why a container cannot be started, in Docker's words.
    func explanation(of failure: LogFailure) -> String {
        "failed to initialize logging driver: " + (absence ?? prefix + failure.reason)
    }
}

/// Why something could not be sent.
struct LogFailure: Error, Sendable, Hashable {
    /// `dial tcp 127.0.0.1:514: connect: connection refused`
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
