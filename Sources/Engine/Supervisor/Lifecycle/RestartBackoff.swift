internal import EngineModel

/// Whether and when a container that ended is started again (Compose `restart`, with Docker's numbers).
///
/// The first restart comes at once, the second after 200 ms, each further one after twice the time, at most a minute; a run
/// of 10 s begins with none again. Docker waits 100 ms before the first one too, and so is never more than that behind. The
/// file can fix the delay, and say after which time a run has succeeded.
struct RestartBackoff: Sendable, Hashable {
    /// What is doubled first.
    static let firstDelay: Int64 = 100_000_000
    static let longestDelay: Int64 = 60_000_000_000
    static let longRun: Int64 = 10_000_000_000

    let policy: RestartPolicy
    let pacing: RestartPacing
    /// Restarts since the user started the container.
    private(set) var restarts: Int
    /// Those that count towards the policy's maximum.
    private var attempts: Int
    private var delay: Int64 = 0

    init(policy: RestartPolicy, pacing: RestartPacing? = nil, restarts: Int = 0) {
        self.policy = policy
        self.pacing = pacing ?? RestartPacing()
        self.restarts = restarts
        attempts = restarts
    }

    /// Of a container that the user starts.
    init(_ configuration: ContainerConfiguration) {
        self.init(policy: configuration.restart, pacing: configuration.restartPacing)
    }

    /// Of a container that an earlier supervisor started.
    init(_ container: Container) {
        let configuration = container.configuration
        self.init(
            policy: configuration.restart, pacing: configuration.restartPacing, restarts: container.restartCount)
    }

    /// Before a start whose run before is not known.
    var firstDelay: Int64 { pacing.delayNanoseconds ?? Self.firstDelay }

    /// The delay before the next start in nanoseconds; nil: not to be started again.
    mutating func afterExit(code: Int32, uptime: Int64) -> Int64? {
        if let window = pacing.windowNanoseconds, uptime >= window { attempts = 0 }
        let wanted: Bool =
            switch policy {
            case .no: false
            case .always, .unlessStopped: true
            case .onFailure(let maximum): code != 0 && (maximum <= 0 || attempts < maximum)
            }
        guard wanted else { return nil }
        if uptime >= Self.longRun { delay = 0 }
        let isFirst = delay == 0
        delay = isFirst ? Self.firstDelay : min(delay * 2, Self.longestDelay)
        restarts += 1
        attempts += 1
        return pacing.delayNanoseconds ?? (isFirst ? 0 : delay)
    }

    /// The user started or restarted the container.
    mutating func reset() {
        restarts = 0
        attempts = 0
        delay = 0
    }
}
