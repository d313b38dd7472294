public import Primitives

/// Sizes and times as docker words them for people.
public enum HumanText {
    /// `4.263MB`: powers of 1000.
    ///
    /// - Parameter digits: significant ones, 3 or 4: docker has three in lists of images and for traffic.
    public static func size(_ bytes: Int64, digits: Int = 4) -> String {
        scaled(Double(bytes), base: 1000, units: ["B", "kB", "MB", "GB", "TB", "PB"], digits)
    }

    /// `15.3MiB`: powers of 1024, four significant digits.
    public static func binarySize(_ bytes: UInt64) -> String {
        scaled(Double(bytes), base: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB"], 4)
    }

    /// `3 minutes ago`.
    public static func ago(since time: Instant, now: Instant) -> String {
        "\(duration(nanoseconds: now.nanoseconds - time.nanoseconds)) ago"
    }

    /// `Less than a second`, `5 seconds`, `About a minute`, `3 hours`, `2 weeks` …
    public static func duration(nanoseconds: Int64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let minutes = seconds / 60
        let hours = Int64((Double(seconds) / 3600).rounded())
        switch seconds {
        case ..<1: return "Less than a second"
        case 1: return "1 second"
        case ..<60: return "\(seconds) seconds"
        case _ where minutes == 1: return "About a minute"
        case _ where minutes < 60: return "\(minutes) minutes"
        case _ where hours == 1: return "About an hour"
        case _ where hours < 48: return "\(hours) hours"
        case _ where hours < 24 * 7 * 2: return "\(hours / 24) days"
        case _ where hours < 24 * 30 * 2: return "\(hours / 24 / 7) weeks"
        case _ where hours < 24 * 365 * 2: return "\(hours / 24 / 30) months"
        default: return "\(hours / 24 / 365) years"
        }
    }

    private static func scaled(_ value: Double, base: Double, units: [String], _ digits: Int) -> String {
        var value = value
        var unit = 0
        while value >= base && unit < units.count - 1 {
            value /= base
            unit += 1
        }
        return significant(value, digits) + units[unit]
    }

    /// So many significant digits without trailing zeros, as `%.4g` prints them.
    private static func significant(_ value: Double, _ digits: Int) -> String {
        let whole = value >= 1000 ? 4 : value >= 100 ? 3 : value >= 10 ? 2 : 1
        var factor: Int64 = 1
        for _ in 0..<max(0, digits - whole) { factor *= 10 }
        let scaled = Int64((value * Double(factor)).rounded())
        if factor == 1 { return "\(scaled)" }
        var fraction = String(scaled % factor).leftPadded(to: digits - whole)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return fraction.isEmpty ? "\(scaled / factor)" : "\(scaled / factor).\(fraction)"
    }
}
