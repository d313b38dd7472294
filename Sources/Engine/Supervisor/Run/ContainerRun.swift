internal import ContainerModel
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// One container of the supervisor: its lifecycle, what it has while it runs, and who waits for it.
///
/// Events are handled one after the other; what blocks is done by workers, whose results come back as events.
@LoopActor
final class ContainerRun {
    /// The end of a process.
    struct ProcessEnd: Sendable, Hashable {
        var identity: ProcessIdentity
        /// 128 + n for signal n.
        var code: Int32
        var time: Instant
    }

    /// What the owner of a container is told of it.
    struct Owner: Sendable {
        /// The container came to rest, or a worker came back.
        var rested: @LoopActor (ContainerRun) -> Void
        /// Nothing can be started, for the keeper is gone. The calls that wait are made again with the next supervisor.
        var lostKeeper: @LoopActor () -> Void
    }

    let id: String
    let context: SupervisorContext
    let owner: Owner
    var lifecycle: ContainerLifecycle
    var configuration: ContainerConfiguration
    var running: RunningContainer?
    var health: HealthProbe?
    var timers: [ContainerLifecycle.Timer: EventLoop.Timer] = [:]
    /// Workers that have not come back yet.
    private var work = 0
    /// Process 1 ended before its start was reported.
    var earlyEnd: ProcessEnd?
    var exitCode: Int32
    var waiting = WaitingCalls<PendingCall>()
    /// What those who wait are told if it fails.
    var failure: EngineError?
    /// Where the standard input of the run that has just begun is written to.
    var launchInput: SharedDescriptor?
    var pauseCalls: [(call: PendingCall, held: Bool)] = []
    /// Wait until the signal that they ask for was sent.
    var signalCalls: [PendingCall] = []
    /// The present run ends because somebody asked for `stop` or `restart`, and not only for a signal.
    var isStopped = false
    /// What the present pause ends with.
    var hold: SharedDescriptor?

    init(
        _ record: ContainerRecord, lifecycle: ContainerLifecycle, running: RunningContainer? = nil,
        context: SupervisorContext, owner: Owner
    ) {
        id = record.id
        self.context = context
        self.owner = owner
        self.lifecycle = lifecycle
        self.running = running
        configuration = record.container.configuration
        exitCode = record.container.exitCode
    }

    var isIdle: Bool { lifecycle.phase == .idle && work == 0 }

    var isRunning: Bool { running != nil }

    /// Whether a worker is at it: a start, an end.
    var isBusy: Bool { work > 0 }

    var name: String { configuration.name }

    /// Whether it is being started: what is known of its process is not in the store yet.
    var isStarting: Bool { lifecycle.phase == .starting }

    /// Whether it waits for its restart.
    var isBackingOff: Bool { lifecycle.phase == .backingOff }

    // MARK: Requests

    func start(_ call: PendingCall, input: Bool) {
        waiting.add(call, until: .running(input: input))
        if lifecycle.phase == .idle { reload() }
        handle(.start)
    }

    func stop(_ call: PendingCall, timeout: Int?) {
        waiting.add(call, until: .ended)
        isStopped = isRunning || isStarting
        handle(.stop(order(timeout: timeout)))
    }

    func restart(_ call: PendingCall, timeout: Int?) {
        waiting.add(call, until: .running(input: false))
        if lifecycle.phase == .idle { reload() }
        isStopped = isRunning || isStarting
        handle(.restart(order(timeout: timeout)))
    }

    /// SIGKILL and the stop signal also end what is just being started or waits for its restart.
    func kill(_ call: PendingCall, signal: Int32) {
        let stopSignal = order(timeout: nil).signal
        let ends = signal == SIGKILL || signal == stopSignal
        if !isRunning && (lifecycle.phase == .idle || !ends) { return call.fail(notRunning()) }
        if signal == SIGKILL { waiting.add(call, until: .ended) } else { signalCalls.append(call) }
        handle(.kill(signal: signal, stopSignal: stopSignal))
        if !isRunning { answerSignalCalls() }
    }

    func wait(_ call: PendingCall) {
        waiting.add(call, until: .resting)
        tellIfAtRest()
    }

    /// - Parameter held: the pause ends with the descriptor that the answer carries.
    func setPaused(_ paused: Bool, _ call: PendingCall, held: Bool = false) {
        let phase = lifecycle.phase
        guard phase == (paused ? .running : .paused) else {
            if phase == .running || phase == .paused {
                return call.fail(
                    EngineError(.conflict, "container \(name)", paused ? "it is paused already" : "it is not paused"))
            }
            return call.fail(notRunning())
        }
        pauseCalls.append((call, held))
        hold = nil
        handle(paused ? .pause : .unpause)
    }

    func attach(_ call: PendingCall) {
        guard let running else { return call.fail(notRunning()) }
        let position = running.log.position
        let (context, id) = (context, id)
        context.run {
            StandardStreams.keptInput(of: id, context.keeper)
        } then: { input in
            call.answer(.attached(log: running.logDirectory, position: position), descriptor: input?.raw)
        }
    }

    func hungUp(_ call: PendingCall) {
        waiting.removeAll { $0 === call }
    }

    // MARK: Events

    /// Process 1 ended.
    func ended(_ end: ProcessEnd) {
        guard lifecycle.phase == .starting || running != nil else { return }
        if let running, running.identity != end.identity { return }
        earlyEnd = end
        // One that ended before its start was reported is looked at then.
        if lifecycle.phase == .starting { return }
        exitCode = end.code
        handle(.ended(code: end.code, at: monotonicNanoseconds()))
    }

    /// Whether the exit was that of this container's health check.
    func probeEnded(_ record: ExitRecord) -> Bool { health?.ended(record) ?? false }

    func handle(_ event: ContainerLifecycle.Event) {
        for action in lifecycle.handle(event) { perform(action) }
        tellIfAtRest()
    }

    /// Runs `work` on a worker and then `then` with its result. It is busy until then.
    func inBackground<Result: Sendable>(
        _ work: @escaping @Sendable () -> Result, then: @escaping @LoopActor (Result) -> Void = { _ in }
    ) {
        self.work += 1
        context.run(work) { [self] result in
            self.work -= 1
            then(result)
            tellIfAtRest()
        }
    }

    /// The record may have been changed since the last run (its name, for one).
    private func reload() {
        guard let record = try? context.store.container(id: id) else { return }
        configuration = record.container.configuration
        lifecycle = ContainerLifecycle(RestartBackoff(configuration))
    }

    private func order(timeout: Int?) -> ContainerLifecycle.StopOrder {
        let signal = configuration.stopSignal.flatMap { SignalName.number($0) } ?? SIGTERM
        let seconds = timeout ?? configuration.stopTimeout ?? 10
        let grace = seconds < 0 ? nil : Int64(min(seconds, 1 << 30)) * 1_000_000_000
        return ContainerLifecycle.StopOrder(signal: signal, grace: grace)
    }
}
