internal import EngineModel

/// What is the same in all messages of a container's run.
struct LogIdentity: Sendable, Hashable {
    var subject: LogSubject
    var tag: String
    var attributes: LogAttributes
    /// Of this host.
    var hostname: String
    /// Whose messages these are, where a process is named.
    var process: Int32

    init(_ subject: LogSubject, _ attributes: LogAttributes, hostname: String, process: Int32) {
        self.subject = subject
        self.attributes = attributes
        self.hostname = hostname
        self.process = process
        tag = (attributes.tag ?? .standard).text(of: subject)
    }
}

/// Writes a message as its receiver reads it.
enum LogEncoder: Sendable {
    case syslog(SyslogEncoder)
    case journald(JournalEncoder)
    case fluentd(FluentdEncoder)
    case gelf(GelfEncoder)

    init(_ receiver: LogReceiver, _ identity: LogIdentity) {
        switch receiver {
        case .syslog(let settings): self = .syslog(SyslogEncoder(settings, identity))
        case .journald: self = .journald(JournalEncoder(identity))
        case .fluentd(let settings): self = .fluentd(FluentdEncoder(settings, identity))
        case .gelf(let settings): self = .gelf(GelfEncoder(settings, identity))
        }
    }

    /// The packets of a message; on a stream they follow each other. None: the receiver's protocol has no room for it.
    ///
    /// - Parameter token: names this message alone: what confirms it, what holds its packets together.
    func packets(of message: LogMessage, token: UInt64) -> [[UInt8]] {
        switch self {
        case .syslog(let encoder): [encoder.bytes(of: message)]
        case .journald(let encoder): [encoder.bytes(of: message)]
        case .fluentd(let encoder): [encoder.bytes(of: message, token: token)]
        case .gelf(let encoder): encoder.packets(of: message, token: token)
        }
    }
}
