internal import EngineModel

/// What happens to one container, as a value: an event goes in, actions come out. All times in nanoseconds.
struct ContainerLifecycle: Sendable, Hashable {
    enum Phase: Sendable, Hashable {
        /// Does not run and is not to: created or exited.
        case idle
        case starting
        case running
        case paused
        /// Process 1 is gone; what it had is being taken down.
        case ending
        /// Waits for its restart.
        case backingOff
    }

    /// How a container is to be stopped.
    struct StopOrder: Sendable, Hashable {
        var signal: Int32
        /// Time until SIGKILL; nil is never.
        var grace: Int64?
    }

    enum Timer: Sendable, Hashable {
        case grace, giveUp, backoff
    }

    enum Event: Sendable, Hashable {
        case start
        case launched(at: Int64)
        case launchFailed
        case stop(StopOrder)
        case restart(StopOrder)
        case kill(signal: Int32, stopSignal: Int32)
        case pause
        case unpause
        /// Freezing or thawing failed: it is as it was before.
        case stillFrozen(Bool)
        case ended(code: Int32, at: Int64)
        /// What the ended run had is taken down and recorded, or that its restart was cancelled.
        case settled
        case timer(Timer)
    }

    enum Action: Sendable, Hashable {
        case launch
        case send(Int32)
        case killAll
        case freeze
        case thaw
        case schedule(Timer, after: Int64)
        case cancel(Timer)
        /// Take down what the ended run had and record it; `restarts` if it will be started again.
        case settle(code: Int32, restarts: Bool, stopped: Bool)
        /// It was to be restarted, but now it is not: record that. It is ending until then.
        case restartCancelled
        /// Answer those who waited for this.
        case tell(CallOccasion)
    }

    /// Time after SIGKILL before it is said that the container cannot be killed.
    static let patience: Int64 = 10_000_000_000

    private(set) var phase = Phase.idle
    private(set) var backoff: RestartBackoff
    /// Set while the user wants it stopped: suppresses the restart policy.
    private var stopOrder: StopOrder?
    /// The user sent a signal that ends containers, which this one may ignore: the policy does not restart it.
    private var isDismissed = false
    /// Start it once more when it has ended (restart, or start while it ends).
    private var startsAgain = false
    private var startedAt: Int64 = 0
    private var pendingDelay: Int64?

    init(_ backoff: RestartBackoff) {
        self.backoff = backoff
    }

    /// A container that was found running (or `paused`).
    ///
    /// - Parameter isDismissed: the user ended it, or was about to.
    init(adopted backoff: RestartBackoff, startedAt: Int64, paused: Bool, isDismissed: Bool) {
        self.init(backoff)
        self.startedAt = startedAt
        self.isDismissed = isDismissed
        phase = paused ? .paused : .running
    }

    /// A container that was found waiting for its restart; the first action is to wait on.
    static func waiting(_ backoff: RestartBackoff) -> (ContainerLifecycle, [Action]) {
        var lifecycle = ContainerLifecycle(backoff)
        lifecycle.phase = .backingOff
        return (lifecycle, [.schedule(.backoff, after: backoff.firstDelay)])
    }

    var isStopping: Bool { stopOrder != nil }

    /// Whether its end will be the user's doing, so that nothing starts it again by itself.
    var endsForGood: Bool { (isStopping || isDismissed) && !startsAgain }

    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .start: return start()
        case .launched(let time):
            startedAt = time
            phase = .running
            let stops = stopOrder.map { beginStop($0) } ?? []
            // Who wants it to start once more is not content with this run.
            return startsAgain ? stops : [.tell(.launched)] + stops
        case .launchFailed:
            phase = .idle
            forgetOrders()
            return [.tell(.launchFailed)]
        case .stop(let order): return stop(order)
        case .restart(let order):
            // One that has not begun to run yet is as good as new.
            if phase == .idle || phase == .backingOff || phase == .starting { return start() }
            let actions = stop(order)
            startsAgain = true
            return actions
        case .kill(let signal, let stopSignal): return kill(signal, stopSignal)
        case .pause:
            guard phase == .running else { return [] }
            phase = .paused
            return [.freeze]
        case .unpause:
            guard phase == .paused else { return [] }
            phase = .running
            return [.thaw]
        case .stillFrozen(let frozen):
            if phase == .running || phase == .paused { phase = frozen ? .paused : .running }
            return []
        case .ended(let code, let time): return ended(code, time)
        case .settled: return settled()
        case .timer(let timer): return fired(timer)
        }
    }

    private mutating func start() -> [Action] {
        switch phase {
        case .idle:
            backoff.reset()
            phase = .starting
            return [.launch]
        case .backingOff:
            backoff.reset()
            phase = .starting
            return [.cancel(.backoff), .launch]
        case .ending:
            startsAgain = true
            return []
        case .starting:
            if stopOrder != nil { startsAgain = true }
            return []
        case .running, .paused:
            if stopOrder == nil { return [.tell(.runs)] }
            startsAgain = true
            return []
        }
    }

    private mutating func stop(_ order: StopOrder) -> [Action] {
        startsAgain = false
        switch phase {
        case .idle: return []
        case .backingOff:
            phase = .ending
            return [.cancel(.backoff), .restartCancelled]
        case .starting, .ending:
            stopOrder = order
            return []
        case .running, .paused:
            stopOrder = order
            return beginStop(order)
        }
    }

    /// A frozen container cannot act on a signal.
    private mutating func beginStop(_ order: StopOrder) -> [Action] {
        var actions: [Action] = []
        if phase == .paused {
            phase = .running
            actions.append(.thaw)
        }
        actions.append(.cancel(.giveUp))
        actions.append(.send(order.signal))
        if let grace = order.grace { actions.append(.schedule(.grace, after: grace)) }
        return actions
    }

    private mutating func kill(_ signal: Int32, _ stopSignal: Int32) -> [Action] {
        let ends = signal == 9 || signal == stopSignal
        switch phase {
        case .idle: return []
        case .backingOff: return ends ? stop(StopOrder(signal: signal, grace: nil)) : []
        case .starting, .ending:
            // Killed as soon as it runs, or before the policy starts it again.
            if ends && stopOrder == nil { stopOrder = StopOrder(signal: signal, grace: signal == 9 ? 0 : nil) }
            return []
        case .running, .paused: break
        }
        guard signal == 9 else {
            if ends { isDismissed = true }
            if ends && phase == .paused {
                phase = .running
                return [.thaw, .send(signal)]
            }
            return [.send(signal)]
        }
        if stopOrder == nil { stopOrder = StopOrder(signal: signal, grace: nil) }
        phase = .running
        return [.killAll, .schedule(.giveUp, after: Self.patience)]
    }

    private mutating func ended(_ code: Int32, _ time: Int64) -> [Action] {
        let stopped = stopOrder != nil || isDismissed
        pendingDelay = nil
        if stopped && !startsAgain {
            backoff.reset()
        } else if !stopped && !startsAgain {
            pendingDelay = backoff.afterExit(code: code, uptime: time - startedAt)
        }
        phase = .ending
        return [
            .cancel(.grace), .cancel(.giveUp),
            .settle(code: code, restarts: startsAgain || pendingDelay != nil, stopped: stopped),
        ]
    }

    private mutating func settled() -> [Action] {
        let again = startsAgain
        let delay = pendingDelay
        // An order that came while it was ending means the restart that was announced.
        let stoppedMeanwhile = stopOrder != nil && delay != nil
        forgetOrders()
        if again {
            backoff.reset()
            phase = .starting
            return [.tell(.runEnded), .launch]
        }
        guard let delay else {
            phase = .idle
            return []
        }
        if stoppedMeanwhile { return [.restartCancelled] }
        phase = .backingOff
        return [.schedule(.backoff, after: delay)]
    }

    private mutating func fired(_ timer: Timer) -> [Action] {
        switch timer {
        case .grace:
            guard stopOrder != nil, phase == .running || phase == .paused else { return [] }
            return [.killAll, .schedule(.giveUp, after: Self.patience)]
        case .giveUp:
            return phase == .running || phase == .paused ? [.tell(.stuck)] : []
        case .backoff:
            guard phase == .backingOff else { return [] }
            phase = .starting
            return [.launch]
        }
    }

    private mutating func forgetOrders() {
        stopOrder = nil
        isDismissed = false
        startsAgain = false
        pendingDelay = nil
    }
}
