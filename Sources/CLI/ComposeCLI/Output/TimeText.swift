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
        if let ago = duration(text) { return Instant(nanoseconds: Instant.now().nanoseconds - ago) }
        throw CommandError(
            "\"\(text)\" is not a time", hint: "write 2013-01-02T13:23:37Z, or 42m for 42 minutes ago")
    }

    /// Nanoseconds of `1h30m`, `10s`, `1.5h`; nil if it is none.
    private static func duration(_ text: String) -> Int64? {
        let units: [String: Double] = ["ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "m": 6e10, "h": 3.6e12, "d": 8.64e13]
        var rest = Substring(text)
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let number = Double(digits), let factor = units[String(unit)] else { return nil }
            total += number * factor
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return text.isEmpty || total > 9e18 ? nil : Int64(total)
    }

    /// `2026-01-02 03:04:05.000000`, UTC.
    static func microseconds(_ time: Instant, separator: String = " ") -> String {
        let micros = "\(time.nanoseconds % 1_000_000_000 / 1000)"
        let seconds = Instant(nanoseconds: time.seconds * 1_000_000_000).rfc3339.dropLast()
        return seconds.split(separator: "T").joined(separator: separator) + "."
            + String(repeating: "0", count: 6 - micros.count) + micros
    }

    /// `2026-01-02 03:04:05 +0000 UTC`, as Go prints a time.
    static func goText(_ time: Instant) -> String {
        let seconds = Instant(nanoseconds: time.seconds * 1_000_000_000).rfc3339.dropLast()
        return seconds.split(separator: "T").joined(separator: " ") + " +0000 UTC"
    }
}
