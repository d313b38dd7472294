internal import ContainerModel
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Synchronization
internal import SystemPackage

/// One container of the supervisor: its lifecycle, what it has while it runs, and who waits for it.
///
/// Events are handled on the event loop's thread, one after the other; what blocks is done by workers, whose results
/// come back as events.
final class ContainerRun: Sendable {
    struct State {
        var lifecycle: ContainerLifecycle
        var configuration: ContainerConfiguration
        var running: RunningContainer?
        var health: HealthProbe?
        var timers: [ContainerLifecycle.Timer: Int] = [:]
        /// Workers that have not come back yet.
        var work = 0
        /// Process 1 ended before its start was reported.
        var earlyEnd: ProcessEnd?
        var exitCode: Int32
        /// Why the last start failed.
        var failure: EngineError?
        var startCalls: [(call: PendingCall, input: Bool)] = []
        var pauseCalls: [(call: PendingCall, held: Bool)] = []
        /// What the present pause ends with.
        var hold: SharedDescriptor?
        var endCalls: [(call: PendingCall, reply: EndReply)] = []
    }

    /// The end of a process.
    struct ProcessEnd: Sendable, Hashable {
        var identity: ProcessIdentity
        /// 128 + n for signal n.
        var code: Int32
        var time: Instant
    }

    /// What a call that waits for the end is answered with.
    enum EndReply: Sendable {
        /// Also when the container cannot be killed: then with an error.
        case done
        case exitCode
    }

    let id: String
    let context: SupervisorContext
    /// Called on the loop's thread when the container came to rest.
    let rested: @Sendable (ContainerRun) -> Void
    let state: Mutex<State>

    init(
        _ record: ContainerRecord, lifecycle: ContainerLifecycle, running: RunningContainer? = nil,
        context: SupervisorContext, rested: @escaping @Sendable (ContainerRun) -> Void
    ) {
        id = record.id
        self.context = context
        self.rested = rested
        state = Mutex(
            State(
                lifecycle: lifecycle, configuration: record.container.configuration, running: running,
                exitCode: record.container.exitCode))
    }

    var isIdle: Bool { state.withLock { $0.lifecycle.phase == .idle && $0.work == 0 } }

    var isRunning: Bool { state.withLock { $0.running != nil } }

    /// Whether a worker is at it: a start, an end.
    var isBusy: Bool { state.withLock { $0.work > 0 } }

    /// Whether this process is its present process 1, as far as is known here.
    func runs(_ identity: ProcessIdentity) -> Bool { state.withLock { $0.running?.identity == identity } }

    // MARK: Requests; on the loop's thread

    func start(_ call: PendingCall, input: Bool) {
        let isIdle = state.withLock { state in
            state.startCalls.append((call, input))
            return state.lifecycle.phase == .idle
        }
        if isIdle { reload() }
        handle(.start)
    }

    func stop(_ call: PendingCall, timeout: Int?) {
        state.withLock { $0.endCalls.append((call, .done)) }
        handle(.stop(order(timeout: timeout)))
    }

    func restart(_ call: PendingCall, timeout: Int?) {
        state.withLock { $0.startCalls.append((call, false)) }
        handle(.restart(order(timeout: timeout)))
    }

    func kill(_ call: PendingCall, signal: Int32) {
        guard isRunning else { return call.fail(notRunning()) }
        if signal == SIGKILL { state.withLock { $0.endCalls.append((call, .done)) } }
        handle(.kill(signal: signal, stopSignal: order(timeout: nil).signal))
        if signal != SIGKILL { call.answer(.done) }
    }

    func wait(_ call: PendingCall) {
        state.withLock { $0.endCalls.append((call, .exitCode)) }
        answerCalls()
    }

    /// - Parameter held: the pause ends with the descriptor that the answer carries.
    func setPaused(_ paused: Bool, _ call: PendingCall, held: Bool = false) {
        let phase = state.withLock { $0.lifecycle.phase }
        guard phase == (paused ? .running : .paused) else {
            if phase == .running || phase == .paused {
                return call.fail(
                    EngineError(.conflict, "container \(name)", paused ? "it is paused already" : "it is not paused"))
            }
            return call.fail(notRunning())
        }
        state.withLock { state in
            state.pauseCalls.append((call, held))
            state.hold = nil
        }
        handle(paused ? .pause : .unpause)
    }

    func attach(_ call: PendingCall) {
        guard let running = state.withLock({ $0.running }) else { return call.fail(notRunning()) }
        let position = running.log.position
        let (context, id) = (context, id)
        context.workers.run {
            let input = StandardStreams.keptInput(of: id, context.keeper)
            call.answer(.attached(log: running.logDirectory, position: position), descriptor: input?.raw)
        }
    }

    func hungUp(_ call: PendingCall) {
        state.withLock { state in
            state.startCalls.removeAll { $0.call === call }
            state.endCalls.removeAll { $0.call === call }
        }
    }

    // MARK: Events

    /// Process 1 ended.
    func ended(_ end: ProcessEnd) {
        let counts = state.withLock { state in
            let phase = state.lifecycle.phase
            guard phase == .starting || state.running != nil else { return false }
            if let running = state.running, running.identity != end.identity { return false }
            state.earlyEnd = end
            if phase == .starting { return false }
            state.exitCode = end.code
            return true
        }
        // One that ended before its start was reported is looked at then.
        guard counts else { return }
        handle(.ended(code: end.code, at: monotonicNanoseconds()))
    }

    /// Whether the exit was that of this container's health check.
    func probeEnded(_ record: ExitRecord) -> Bool { state.withLock { $0.health }?.ended(record) ?? false }

    func handle(_ event: ContainerLifecycle.Event) {
        let actions = state.withLock { $0.lifecycle.handle(event) }
        for action in actions { perform(action) }
        answerCalls()
    }

    /// Runs `work` on a worker and `then` on the loop's thread.
    func inBackground(_ work: @escaping @Sendable () -> Void, then: @escaping @Sendable () -> Void = {}) {
        state.withLock { $0.work += 1 }
        context.workers.run { [self] in
            work()
            context.loop.submit {
                self.state.withLock { $0.work -= 1 }
                then()
                self.answerCalls()
            }
        }
    }

    var name: String { state.withLock { $0.configuration.name } }

    private func notRunning() -> EngineError { EngineError(.notRunning, "container \(name)", "it is not running") }

    /// The record may have been changed since the last run (its name, for one).
    private func reload() {
        guard let record = try? context.store.container(id: id) else { return }
        state.withLock { state in
            state.configuration = record.container.configuration
            state.lifecycle = ContainerLifecycle(policy: record.container.configuration.restart)
        }
    }

    private func order(timeout: Int?) -> ContainerLifecycle.StopOrder {
        let configuration = state.withLock { $0.configuration }
        let signal = configuration.stopSignal.flatMap { SignalName.number($0) } ?? SIGTERM
        let seconds = timeout ?? configuration.stopTimeout ?? 10
        let grace = seconds < 0 ? nil : Int64(min(seconds, 1 << 30)) * 1_000_000_000
        return ContainerLifecycle.StopOrder(signal: signal, grace: grace)
    }
}
