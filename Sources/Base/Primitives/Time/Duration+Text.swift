/// Lengths of time as people write them: Go's `time.ParseDuration`, with days and weeks as the Compose Specification
/// has them. All of them are kept in nanoseconds, so they reach 292 years.
extension Duration {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 6e10), ("h", 3.6e12),
        ("d", 8.64e13), ("w", 6.048e14),
    ]

    /// `1h30m`, `1.5s`, `-2ms`, `1d`, `0`.
    ///
    /// - Parameter days: whether `d` (24 hours) and `w` (7 days) are units. In Go and in Dockerfiles they are not.
    public init(parsing text: some StringProtocol, days: Bool = true) throws(GrammarError) {
        let wrong = GrammarError("is not a duration, use a number and a unit, such as 1m30s", in: text)
        var rest = Substring(text)
        var negative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            negative = sign == "-"
            rest = rest.dropFirst()
        }
        if rest == "0" {
            self = .zero
            return
        }
        var wrongHere: GrammarError {
            var error = wrong
            error.offset = text.utf8.count - rest.utf8.count
            return error
        }
        guard !rest.isEmpty else { throw wrongHere }
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0 >= "0" && $0 <= "9" || $0 == "." }
            guard digits.contains(where: { $0 != "." }), digits.filter({ $0 == "." }).count <= 1 else {
                throw wrongHere
            }
            let name = rest.dropFirst(digits.count).prefix { !($0 >= "0" && $0 <= "9") && $0 != "." }
            guard let unit = Self.units.first(where: { $0.name == name }), days || unit.nanoseconds <= 3.6e12,
                let part = Self.scaled(digits, unit.nanoseconds)
            else { throw wrongHere }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { throw wrongHere }
            total = sum
            rest = rest.dropFirst(digits.count + name.count)
        }
        self = .nanoseconds(negative ? -total : total)
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

    /// Whole nanoseconds; the nearest possible value for what does not fit.
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, tooLarge) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || tooLarge ? (seconds < 0 ? .min : .max) : sum
    }

    /// As Go prints it: `1h30m0s`, `1m1.5s`, `250ms`, `0s`.
    public var text: String {
        let value = nanoseconds
        if value == 0 { return "0s" }
        let sign = value < 0 ? "-" : ""
        let magnitude = value.magnitude
        if magnitude < 1_000_000_000 {
            if magnitude < 1_000 { return "\(sign)\(magnitude)ns" }
            if magnitude < 1_000_000 { return sign + Self.fraction(magnitude, 1_000) + "µs" }
            return sign + Self.fraction(magnitude, 1_000_000) + "ms"
        }
        let seconds = magnitude / 1_000_000_000
        let tail = Self.fraction(magnitude - seconds / 60 * 60_000_000_000, 1_000_000_000) + "s"
        if seconds < 60 { return sign + tail }
        let minutes = seconds / 60
        if minutes < 60 { return "\(sign)\(minutes)m\(tail)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(tail)"
    }

    private static func fraction(_ value: UInt64, _ unit: UInt64) -> String {
        let rest = value % unit
        guard rest > 0 else { return String(value / unit) }
        var digits = String(rest).leftPadded(to: String(unit).count - 1)
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(value / unit).\(digits)"
    }
}
