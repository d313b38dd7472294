internal import LinuxSystem
internal import Primitives

/// Points in time as options take them and events show them.
enum TimeText {
    /// RFC 3339, with a date alone too, seconds since 1970 with decimals, or a duration before now such as `1h30m`.
    static func instant(_ text: String) throws -> Instant {
        if let seconds = Double(text), seconds >= 0, seconds < 9e9 {
            return Instant(nanoseconds: Int64(seconds * 1e9))
        }
        for suffix in ["", "Z", ":00Z", "T00:00:00Z"] {
            if let instant = Instant(rfc3339: text + suffix) { return instant }
        }
        if let ago = try? Duration(parsing: text) {
            return Instant(nanoseconds: Instant.now().nanoseconds - ago.nanoseconds)
        }
        throw CommandError(
            "\"\(text)\" is not a time", hint: "write 2013-01-02T13:23:37Z, or 42m for 42 minutes ago")
    }

    /// `2026-01-02 03:04:05.000000`, UTC.
    static func microseconds(_ time: Instant) -> String {
        let micros = "\(time.nanoseconds % 1_000_000_000 / 1000)".leftPadded(to: 6)
        let seconds = Instant(nanoseconds: time.seconds * 1_000_000_000).rfc3339.dropLast()
        return seconds.split(separator: "T").joined(separator: " ") + "." + micros
    }

    /// `2026-01-02T03:04:05Z`.
    static func seconds(_ time: Instant) -> String { Instant(nanoseconds: time.seconds * 1_000_000_000).rfc3339 }

    /// `2026-01-02 03:04:05 +0000 UTC`, as Go prints a time.
    static func goText(_ time: Instant) -> String {
        let seconds = Instant(nanoseconds: time.seconds * 1_000_000_000).rfc3339.dropLast()
        return seconds.split(separator: "T").joined(separator: " ") + " +0000 UTC"
    }
}
