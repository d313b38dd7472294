/// Sizes and durations as text.
enum Units {
    /// `1.5g`, `512 MB`, `64k`, `100`: bytes, with units of 1024. nil when it is no size or negative.
    static func bytes(_ text: String) -> Int64? {
        let characters = Array(text.utf8)
        guard let last = characters.lastIndex(where: { $0 >= 48 && $0 <= 57 || $0 == 46 || $0 == 32 }) else {
            return nil
        }
        let number = characters[last] == 32 ? characters[..<last] : characters[...last]
        guard let value = Casting.float(String(decoding: number, as: UTF8.self)), value >= 0, value.isFinite else {
            return nil
        }
        let unit = String(decoding: characters[(last + 1)...], as: UTF8.self).lowercased()
        let factor: Double
        switch unit {
        case "", "b": factor = 1
        case "k", "kb", "kib": factor = 1024
        case "m", "mb", "mib": factor = 1_048_576
        case "g", "gb", "gib": factor = 1_073_741_824
        case "t", "tb", "tib": factor = 1_099_511_627_776
        case "p", "pb", "pib": factor = 1_125_899_906_842_624
        default: return nil
        }
        let size = value * factor
        return size < 9.2e18 ? Int64(size) : nil
    }

    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 6e10), ("h", 3.6e12),
        ("d", 8.64e13), ("w", 6.048e14),
    ]

    /// `1h30m`, `1.5s`, `-2ms`, `1d`, `0`; nil when it is no duration.
    static func nanoseconds(_ text: String) -> Int64? {
        var rest = Substring(text)
        var negative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            negative = sign == "-"
            rest = rest.dropFirst()
        }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0 >= "0" && $0 <= "9" || $0 == "." }
            guard digits.contains(where: { $0 != "." }), digits.filter({ $0 == "." }).count <= 1 else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !($0 >= "0" && $0 <= "9") && $0 != "." }
            rest = rest.dropFirst(name.count)
            guard let unit = units.first(where: { $0.name == name }), let part = scaled(digits, unit.nanoseconds) else {
                return nil
            }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        return negative ? -total : total
    }

    private static func scaled(_ digits: Substring, _ unit: Double) -> Int64? {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts[0].isEmpty ? 0 : Int64(parts[0]) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: Int64(unit))
        guard !overflow else { return nil }
        guard parts.count == 2, !parts[1].isEmpty else { return product }
        // More digits than these are less than a nanosecond, in every unit. As whole numbers they stay exact.
        let fraction = parts[1].prefix(18)
        guard let numerator = Int64(fraction) else { return nil }
        var scale = 1.0
        for _ in fraction { scale *= 10 }
        let (sum, tooLarge) = product.addingReportingOverflow(Int64(Double(numerator) * (unit / scale)))
        return tooLarge ? nil : sum
    }

    /// `1h30m0s`, `1m1.5s`, `250ms`.
    static func text(nanoseconds value: Int64) -> String {
        if value == 0 { return "0s" }
        let sign = value < 0 ? "-" : ""
        let magnitude = value.magnitude
        if magnitude < 1_000_000_000 {
            if magnitude < 1_000 { return "\(sign)\(magnitude)ns" }
            if magnitude < 1_000_000 { return sign + fraction(magnitude, 1_000) + "µs" }
            return sign + fraction(magnitude, 1_000_000) + "ms"
        }
        let seconds = magnitude / 1_000_000_000
        let tail = fraction(magnitude - seconds / 60 * 60_000_000_000, 1_000_000_000) + "s"
        if seconds < 60 { return sign + tail }
        let minutes = seconds / 60
        if minutes < 60 { return "\(sign)\(minutes)m\(tail)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(tail)"
    }

    private static func fraction(_ value: UInt64, _ unit: UInt64) -> String {
        let rest = value % unit
        guard rest > 0 else { return String(value / unit) }
        let width = String(unit).count - 1
        var digits = String(rest)
        digits = String(repeating: "0", count: width - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(value / unit).\(digits)"
    }
}
