internal import Primitives

/// How a container is asked whether it is well. What is nil is the image's, else the default (30 s, 30 s, 0 s, 5 s,
/// 3 retries); no time is negative or nothing.
public struct Healthcheck: Sendable, Hashable {
    /// `["CMD", …]`, `["CMD-SHELL", line]` or `["NONE"]`; empty takes the image's test.
    public var test: [String]
    /// Between the end of a probe and the next one.
    public var interval: Duration?
    /// A probe that takes longer is ended and has failed.
    public var timeout: Duration?
    /// Failures do not count in this time after the start, until a first success.
    public var startPeriod: Duration?
    /// Between the probes of the start period.
    public var startInterval: Duration?
    /// So many failures in a row make the container unhealthy.
    public var retries: Int?

    /// Docker's API has nothing for "not set" but zero, so zero is not set.
    public init(
        test: [String] = [], interval: Duration? = nil, timeout: Duration? = nil, startPeriod: Duration? = nil,
        startInterval: Duration? = nil, retries: Int? = nil
    ) {
        func set(_ value: Duration?) -> Duration? { value == .zero ? nil : value }
        self.test = test
        self.interval = set(interval)
        self.timeout = set(timeout)
        self.startPeriod = set(startPeriod)
        self.startInterval = set(startInterval)
        self.retries = retries == 0 ? nil : retries
    }

    /// This check with what it leaves open taken from `other`.
    public func completed(from other: Healthcheck) -> Healthcheck {
        Healthcheck(
            test: test.isEmpty ? other.test : test, interval: interval ?? other.interval,
            timeout: timeout ?? other.timeout, startPeriod: startPeriod ?? other.startPeriod,
            startInterval: startInterval ?? other.startInterval, retries: retries ?? other.retries)
    }
}

/// Times are nanoseconds, as in Docker's API.
extension Healthcheck: Codable {
    private enum Key: String, CodingKey {
        case test, interval, timeout, startPeriod, startInterval, retries
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func duration(_ key: Key) throws -> Duration? {
            try container.decodeIfPresent(Int64.self, forKey: key).map { .nanoseconds($0) }
        }
        self.init(
            test: try container.decode([String].self, forKey: .test), interval: try duration(.interval),
            timeout: try duration(.timeout), startPeriod: try duration(.startPeriod),
            startInterval: try duration(.startInterval),
            retries: try container.decodeIfPresent(Int.self, forKey: .retries))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(test, forKey: .test)
        try container.encodeIfPresent(interval?.nanoseconds, forKey: .interval)
        try container.encodeIfPresent(timeout?.nanoseconds, forKey: .timeout)
        try container.encodeIfPresent(startPeriod?.nanoseconds, forKey: .startPeriod)
        try container.encodeIfPresent(startInterval?.nanoseconds, forKey: .startInterval)
        try container.encodeIfPresent(retries, forKey: .retries)
    }
}
