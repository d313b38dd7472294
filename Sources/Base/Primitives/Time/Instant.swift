/// A point in time on the wall clock, in nanoseconds since 1970-01-01 UTC. Lasts until the year 2262.
public struct Instant: Hashable, Comparable, Codable, Sendable {
    /// Since 1970-01-01 UTC, without leap seconds, as CLOCK_REALTIME counts; negative before.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Whole seconds since 1970.
    public var seconds: Int64 { nanoseconds / 1_000_000_000 }

    public init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }
}
