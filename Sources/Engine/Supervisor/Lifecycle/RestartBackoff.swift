internal import EngineModel

/// Whether and when a container that ended is started again (Compose `restart`, with Docker's numbers).
///
/// The first restart comes at once, the second after 200 ms, each further one after twice the time, at most a minute; a run
/// of 10 s begins the count anew. Docker waits 100 ms before the first one too, and so is never more than that behind.
struct RestartBackoff: Sendable, Hashable {
    /// What is doubled first.
    static let firstDelay: Int64 = 100_000_000
    static let longestDelay: Int64 = 60_000_000_000
    static let longRun: Int64 = 10_000_000_000

    let policy: RestartPolicy
    /// Restarts since the user started the container.
    private(set) var restarts: Int
    private var delay: Int64 = 0

    init(policy: RestartPolicy, restarts: Int = 0) {
        self.policy = policy
        self.restarts = restarts
    }

    /// The delay before the next start in nanoseconds; nil: not to be started again.
    mutating func afterExit(code: Int32, uptime: Int64) -> Int64? {
        let wanted: Bool =
            switch policy {
            case .no: false
            case .always, .unlessStopped: true
            case .onFailure(let maximum): code != 0 && (maximum <= 0 || restarts < maximum)
            }
        guard wanted else { return nil }
        if uptime >= Self.longRun { delay = 0 }
        let isFirst = delay == 0
        delay = isFirst ? Self.firstDelay : min(delay * 2, Self.longestDelay)
        restarts += 1
        return isFirst ? 0 : delay
    }

    /// The user started or restarted the container.
    mutating func reset() {
        restarts = 0
        delay = 0
    }
}
