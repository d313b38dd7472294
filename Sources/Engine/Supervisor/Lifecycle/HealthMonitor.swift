internal import EngineModel
internal import Primitives

/// When a container's health check runs and what its results mean, as a value. All times in nanoseconds.
///
/// As in Docker: the first probe comes one interval after the start, the next one interval after the end of the last.
/// Within the start period the interval is the start interval, and failures do not count until a first success.
struct HealthMonitor: Sendable, Hashable {
    enum Event: Sendable, Hashable {
        case started
        case timer
        case finished(Outcome)
    }

    enum Outcome: Sendable, Hashable {
        case exited(Int32)
        case timedOut
        /// The check itself could not be run.
        case failed
    }

    enum Action: Sendable, Hashable {
        case schedule(after: Int64)
        case probe(timeout: Int64)
        case report(Container.Health)
    }

    private let interval: Int64
    private let timeout: Int64
    private let startPeriod: Int64
    private let startInterval: Int64
    private let retries: Int
    private let startedAt: Int64
    private(set) var status: Container.Health
    private var failures = 0
    /// A success ends the start period's leniency.
    private var succeeded: Bool

    /// nil when `check` is none.
    ///
    /// - Parameter status: of a container whose checks went on before; `.starting` for a fresh one.
    init?(_ check: Healthcheck?, startedAt: Int64, status: Container.Health = .starting) {
        guard let check, let kind = check.test.first, kind != "NONE" else { return nil }
        interval = (check.interval ?? .seconds(30)).nanoseconds
        timeout = (check.timeout ?? .seconds(30)).nanoseconds
        startPeriod = (check.startPeriod ?? .zero).nanoseconds
        startInterval = (check.startInterval ?? .seconds(5)).nanoseconds
        retries = check.retries ?? 3
        self.startedAt = startedAt
        self.status = status
        succeeded = status != .starting
    }

    mutating func handle(_ event: Event, now: Int64) -> [Action] {
        switch event {
        case .started: return [.schedule(after: pause(now))]
        case .timer: return [.probe(timeout: timeout)]
        case .finished(let outcome):
            let before = status
            judge(outcome, now: now)
            let report: [Action] = status == before ? [] : [.report(status)]
            return report + [.schedule(after: pause(now))]
        }
    }

    private func isLenient(_ now: Int64) -> Bool { !succeeded && now - startedAt < startPeriod }

    private func pause(_ now: Int64) -> Int64 { isLenient(now) ? min(startInterval, interval) : interval }

    private mutating func judge(_ outcome: Outcome, now: Int64) {
        if outcome == .exited(0) {
            failures = 0
            succeeded = true
            status = .healthy
            return
        }
        if isLenient(now) { return }
        failures += 1
        if failures >= retries { status = .unhealthy }
    }
}

extension Healthcheck {
    /// The program of a probe: `CMD-SHELL` runs its line in the container's shell.
    var arguments: [String] {
        test.first == "CMD-SHELL" ? ["/bin/sh", "-c"] + test.dropFirst() : Array(test.dropFirst())
    }
}
