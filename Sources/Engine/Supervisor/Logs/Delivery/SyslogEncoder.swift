internal import EngineModel
internal import LinuxSystem
internal import Primitives

/// Messages for syslog: RFC 5424, RFC 3164, or the traditional form for a daemon of the same host.
struct SyslogEncoder: Sendable {
    private let settings: SyslogSettings
    private let identity: LogIdentity
    /// Seconds east of UTC at a time.
    private let offset: @Sendable (Instant) -> Int

    init(
        _ settings: SyslogSettings, _ identity: LogIdentity, offset: @escaping @Sendable (Instant) -> Int = localOffset
    ) {
        self.settings = settings
        self.identity = identity
        self.offset = offset
    }

    /// Ends with a newline, which is what separates messages on a stream.
    func bytes(of message: LogMessage) -> [UInt8] {
        let priority = settings.facility << 3 | message.severity
        let (tag, process) = (identity.tag, identity.process)
        let head: String
        switch settings.format {
        case .unix: head = "<\(priority)>\(stamp(message.time)) \(tag)[\(process)]: "
        case .rfc3164: head = "<\(priority)>\(stamp(message.time)) \(identity.hostname) \(tag)[\(process)]: "
        case .rfc5424(let microseconds):
            let time = zoned(message.time, digits: microseconds ? 6 : 0)
            head = "<\(priority)>1 \(time) \(identity.hostname) \(tag) \(process) \(tag) - "
        }
        var text = Array(head.utf8) + message.bytes
        if text.last != 0x0a { text.append(0x0a) }
        guard case .tls = settings.address, case .rfc5424 = settings.format else { return text }
        // By TLS each message has its length in front (RFC 5425, section 4.3).
        return Array("\(text.count) ".utf8) + text
    }

    /// `Jan  2 15:04:05`, in local time.
    private func stamp(_ time: Instant) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let local = Instant(nanoseconds: time.nanoseconds + Int64(offset(time)) * 1_000_000_000).rfc3339
        let fields = Array(local)
        guard let month = Int(String(fields[5..<7])), let day = Int(String(fields[8..<10])) else { return local }
        return "\(months[month - 1]) \(day < 10 ? " " : "")\(day) \(String(fields[11..<19]))"
    }

    /// `2006-01-02T15:04:05.000000+02:00`.
    private func zoned(_ time: Instant, digits: Int) -> String {
        let seconds = offset(time)
        let local = Instant(nanoseconds: time.nanoseconds + Int64(seconds) * 1_000_000_000)
        var text = String(local.rfc3339.prefix(19))
        if digits > 0 {
            let fraction = String((local.nanoseconds % 1_000_000_000)).leftPadded(to: 9)
            text += "." + fraction.prefix(digits)
        }
        if seconds == 0 { return text + "Z" }
        let minutes = abs(seconds) / 60
        let parts = [minutes / 60, minutes % 60].map { String($0).leftPadded(to: 2) }
        return text + (seconds < 0 ? "-" : "+") + parts.joined(separator: ":")
    }
}
