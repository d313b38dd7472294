internal import ContainerModel
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Synchronization
internal import SystemPackage

extension ContainerRun {
    func perform(_ action: ContainerLifecycle.Action) {
        switch action {
        case .launch: launch()
        case .send(let signal): send(signal)
        case .killAll: killAll()
        case .freeze: changePause(true)
        case .thaw: changePause(false)
        case .schedule(let timer, let delay):
            let token = context.loop.after(nanoseconds: delay) { [weak self] in self?.handle(.timer(timer)) }
            state.withLock { $0.timers[timer] = token }
        case .cancel(let timer):
            let token = state.withLock { $0.timers.removeValue(forKey: timer) }
            if let token { context.loop.cancelTimer(token) }
        case .settle(let code, let restarts, let stopped): settle(code, restarts: restarts, stopped: stopped)
        case .restartCancelled:
            let end = ContainerEnd(context: context, id: id)
            inBackground { end.cancelRestart() }
        case .reportStuck: failStops()
        }
    }

    private func launch() {
        let start = state.withLock { state in
            state.earlyEnd = nil
            return ContainerStart(
                context: context, id: id, wantsInput: state.startCalls.contains { $0.input },
                restarts: state.lifecycle.backoff.restarts)
        }
        let outcome = LaunchOutcome()
        inBackground {
            outcome.run(start)
        } then: { [self] in
            launched(outcome)
        }
    }

    private func launched(_ outcome: LaunchOutcome) {
        guard let running = outcome.running else {
            let calls = state.withLock { state in
                defer { state.startCalls = [] }
                return state.startCalls
            }
            handle(.launchFailed)
            let error = outcome.error ?? EngineError(.system, "container \(name)", "it could not be started")
            if calls.isEmpty { context.troubles.write("restart: \(error)") }
            for (call, _) in calls { call.fail(error) }
            return
        }
        let (early, calls) = state.withLock { state in
            state.running = running
            defer {
                state.startCalls = []
                state.earlyEnd = nil
            }
            return (state.earlyEnd, state.startCalls)
        }
        for (call, wantsInput) in calls {
            let input = wantsInput ? outcome.input : nil
            call.answer(
                .attached(log: running.logDirectory, position: running.logStart), descriptor: input)
        }
        outcome.closeInput()
        startHealthChecks(running, status: .starting)
        handle(.launched(at: running.startedAt))
        notifyNeighbours()
        if let early { ended(early) }
    }

    /// - Parameter status: `.starting`, or what it was when the run is adopted.
    func startHealthChecks(_ running: RunningContainer, status: Container.Health) {
        guard let check = state.withLock({ $0.configuration.healthcheck }),
            let monitor = HealthMonitor(check, startedAt: running.startedAt, status: status)
        else { return }
        let (context, id) = (context, id)
        let probe = HealthProbe(monitor, check: check, context: context, running: running) { health in
            context.workers.run {
                let record = context.attempting("record the health of \(running.spec.name)") {
                    () throws(EngineError) in
                    try context.store.updateStatus(of: id) { record in
                        if record.container.state == .running { record.container.health = health }
                    }
                }
                if let record { context.note("health_status: \(health.rawValue)", record) }
            }
        }
        state.withLock { $0.health = probe }
        probe.start()
    }

    private func send(_ signal: Int32) {
        guard let running = state.withLock({ $0.running }) else { return }
        try? running.identity.send(signal: signal)
        noteKill(signal)
    }

    private func killAll() {
        guard let running = state.withLock({ $0.running }) else { return }
        let context = context
        inBackground {
            context.attempting("kill \(running.spec.name)") {
                try ContainerRuntime.killAll(running.spec, environment: context.environment)
            }
            // Also without a working cgroup.
            try? running.identity.send(signal: SIGKILL)
        }
        noteKill(SIGKILL)
    }

    private func noteKill(_ signal: Int32) {
        let (context, id) = (context, id)
        context.workers.run {
            guard let record = try? context.store.container(id: id) else { return }
            context.note("kill", record, ["signal": "\(signal)"])
        }
    }

    private func changePause(_ paused: Bool) {
        guard let running = state.withLock({ $0.running }) else { return }
        let (context, id) = (context, id)
        let result = SharedResult()
        inBackground {
            do throws(RuntimeError) {
                if paused {
                    try ContainerRuntime.pause(running.spec, environment: context.environment)
                } else {
                    try ContainerRuntime.unpause(running.spec, environment: context.environment)
                }
                let record = context.attempting("record a pause") {
                    try context.store.updateStatus(of: id) { $0.container.state = paused ? .paused : .running }
                }
                if let record { context.note(paused ? "pause" : "unpause", record) }
            } catch {
                result.set(EngineError(error, container: running.spec.name))
            }
        } then: { [self] in
            let calls = state.withLock { state in
                defer { state.pauseCalls = [] }
                return state.pauseCalls
            }
            if let error = result.error {
                handle(.stillFrozen(!paused))
                for (call, _) in calls { call.fail(error) }
            } else {
                for (call, held) in calls { if held { giveHold(call) } else { call.answer(.done) } }
            }
        }
    }

    /// Answers with one end of a pipe and lets the container go on when nobody has it any more.
    private func giveHold(_ call: PendingCall) {
        let loop = context.loop
        do throws(Errno) {
            let pipe = try Descriptor.pipe()
            let hold = SharedDescriptor(pipe.read)
            state.withLock { $0.hold = hold }
            try loop.add(hold.raw, .readable) { [weak self] _ in
                loop.remove(hold.raw)
                self?.released(hold)
            }
            call.answer(.done, descriptor: pipe.write.raw)
        } catch {
            call.fail(EngineError(.system, "container \(name)", "watching who pauses it: \(error.description)"))
            handle(.unpause)
        }
    }

    private func released(_ hold: SharedDescriptor) {
        let isPresent = state.withLock { state in
            defer { if state.hold === hold { state.hold = nil } }
            return state.hold === hold
        }
        if isPresent { handle(.unpause) }
    }

    private func settle(_ code: Int32, restarts: Bool, stopped: Bool) {
        let (running, health, time, count) = state.withLock { state in
            defer {
                state.running = nil
                state.health = nil
                state.earlyEnd = nil
            }
            return (
                state.running, state.health, state.earlyEnd?.time ?? .now(), state.lifecycle.backoff.restarts
            )
        }
        health?.stop()
        guard let running else { return handle(.settled) }
        let end = RunEnd(code: code, time: time, restarts: restarts, stopped: stopped, restartCount: count)
        let ending = ContainerEnd(context: context, id: id)
        inBackground {
            ending.settle(running, end)
        } then: { [self] in
            handle(.settled)
            notifyNeighbours()
        }
    }

    /// Other projects on the same networks have to learn of new and gone names.
    private func notifyNeighbours() {
        let context = context
        for project in context.names.neighbours {
            context.workers.run {
                try? SupervisorClient(project: project, layout: context.layout).refreshNames()
            }
        }
    }

    private func failStops() {
        let calls = state.withLock { state in
            defer { state.endCalls.removeAll { $0.reply == .done } }
            return state.endCalls.filter { $0.reply == .done }
        }
        let error = EngineError(
            .timedOut, "container \(name)", "it does not end although it was killed",
            hint: "a process that waits for a device or a file server cannot be killed")
        for (call, _) in calls { call.fail(error) }
    }

    /// Answers those who waited for what is now so.
    func answerCalls() {
        typealias Calls = (
            starts: [PendingCall], ends: [(call: PendingCall, reply: EndReply)], code: Int32, rests: Bool
        )
        let calls: Calls = state.withLock { state in
            let phase = state.lifecycle.phase
            var answered: Calls = ([], [], state.exitCode, false)
            if (phase == .running || phase == .paused) && !state.lifecycle.isStopping {
                answered.starts = state.startCalls.map(\.call)
                state.startCalls = []
            }
            if phase == .idle && state.work == 0 {
                answered.ends = state.endCalls
                answered.rests = true
                state.endCalls = []
            }
            return answered
        }
        for call in calls.starts { answerRunning(call) }
        for (call, reply) in calls.ends {
            switch reply {
            case .done: call.answer(.done)
            case .exitCode: call.answer(.exited(code: calls.code))
            }
        }
        if calls.rests { rested(self) }
    }

    /// A start of what runs already.
    private func answerRunning(_ call: PendingCall) {
        guard let running = state.withLock({ $0.running }) else { return call.answer(.done) }
        call.answer(.attached(log: running.logDirectory, position: running.log.position))
    }
}

/// What a worker found out, for the loop's thread.
private final class SharedResult: Sendable {
    private let failure = Mutex<EngineError?>(nil)

    var error: EngineError? { failure.withLock { $0 } }

    func set(_ error: EngineError) { failure.withLock { $0 = error } }
}

/// The outcome of a launch, carried from the worker to the loop's thread.
private final class LaunchOutcome: Sendable {
    private struct State: ~Copyable {
        var running: RunningContainer?
        var input: Descriptor?
        var error: EngineError?
    }

    private let state = Mutex(State())

    func run(_ start: ContainerStart) {
        do throws(EngineError) {
            var started = try start.run()
            let running = started.running
            let input = started.takeInput()
            store(running, input)
        } catch {
            state.withLock { $0.error = error }
        }
    }

    private func store(_ running: RunningContainer, _ input: consuming Descriptor?) {
        var taken = input
        state.withLock { state in
            state.running = running
            swap(&state.input, &taken)
        }
    }

    var running: RunningContainer? { state.withLock { $0.running } }
    var error: EngineError? { state.withLock { $0.error } }
    /// Valid until ``closeInput()``.
    var input: Int32? { state.withLock { $0.input?.raw } }

    func closeInput() {
        state.withLock { $0.input = nil }
    }
}
