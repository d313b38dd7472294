internal import ContainerModel
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
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
            context.loop.cancel(timers[timer])
            timers[timer] = context.loop.after(nanoseconds: delay) { [weak self] in self?.handle(.timer(timer)) }
        case .cancel(let timer): context.loop.cancel(timers.removeValue(forKey: timer))
        case .settle(let code, let restarts, let stopped): settle(code, restarts: restarts, stopped: stopped)
        case .restartCancelled:
            let end = ContainerEnd(context: context, id: id)
            inBackground {
                end.cancelRestart()
            } then: { [self] in
                keepRecording($0, "its restart was cancelled", end.cancelRestart) { [self] in handle(.settled) }
            }
        case .tell(let occasion): tell(occasion)
        }
    }

    private func launch() {
        earlyEnd = nil
        let start = ContainerStart(
            context: context, id: id, wantsInput: waiting.wantInput, restarts: lifecycle.backoff.restarts)
        inBackground {
            Result { () throws(EngineError) in try start.run() }
        } then: { [self] result in
            switch result {
            case .success(let started): launched(started)
            case .failure(let error): launchFailed(error)
            }
        }
    }

    private func launchFailed(_ error: EngineError) {
        // It stays a start: the next supervisor is asked for it again.
        if context.keeper.isLost { return owner.lostKeeper() }
        if !waiting.wantStart { context.troubles.write("restart: \(error)") }
        failure = error
        handle(.launchFailed)
    }

    private func launched(_ started: StartedContainer) {
        let running = started.running
        self.running = running
        let early = earlyEnd
        earlyEnd = nil
        launchInput = started.input
        handle(.launched(at: running.startedAt))
        launchInput = nil
        startHealthChecks(running, status: .starting)
        notifyNeighbours()
        if let early { ended(early) }
    }

    /// What waits; nothing waits any more.
    private func take<Waiting>(_ waiting: inout [Waiting]) -> [Waiting] {
        defer { waiting = [] }
        return waiting
    }

    /// - Parameter status: `.starting`, or what it was when the run is adopted.
    func startHealthChecks(_ running: RunningContainer, status: Container.Health) {
        guard let check = configuration.healthcheck,
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
        health = probe
        probe.start()
    }

    private func send(_ signal: Int32) {
        guard let running else { return }
        let end = ContainerEnd(context: context, id: id)
        let endsForGood = lifecycle.endsForGood
        inBackground {
            if endsForGood { end.recordIntent() }
            // Before its end can be.
            end.note("kill", ["signal": "\(signal)"])
            try? running.identity.send(signal: signal)
        } then: { [self] in
            answerSignalCalls()
        }
    }

    private func killAll() {
        guard let running else { return }
        let context = context
        let end = ContainerEnd(context: context, id: id)
        let endsForGood = lifecycle.endsForGood
        inBackground {
            if endsForGood { end.recordIntent() }
            end.note("kill", ["signal": "\(SIGKILL)"])
            context.attempting("kill \(running.spec.name)") {
                try ContainerRuntime.killAll(running.spec, environment: context.environment)
            }
            // Also without a working cgroup.
            try? running.identity.send(signal: SIGKILL)
        }
    }

    private func changePause(_ paused: Bool) {
        guard let running else { return failPauses() }
        let (context, id) = (context, id)
        inBackground { () -> RuntimeError? in
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
                return nil
            } catch {
                return error
            }
        } then: { [self] error in
            let calls = take(&pauseCalls)
            if let error {
                handle(.stillFrozen(!paused))
                for (call, _) in calls { call.fail(EngineError(error, container: running.spec.name)) }
            } else {
                for (call, held) in calls { if held { giveHold(call) } else { call.answer(.done) } }
            }
        }
    }

    private func failPauses() {
        for (call, _) in take(&pauseCalls) { call.fail(notRunning()) }
    }

    /// Answers with one end of a pipe and lets the container go on when nobody has it any more.
    private func giveHold(_ call: PendingCall) {
        let loop = context.loop
        do throws(Errno) {
            let pipe = try Descriptor.pipe()
            let hold = SharedDescriptor(pipe.read)
            self.hold = hold
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
        guard self.hold === hold else { return }
        self.hold = nil
        handle(.unpause)
    }

    private func settle(_ code: Int32, restarts: Bool, stopped: Bool) {
        health?.stop()
        health = nil
        let end = RunEnd(
            code: code, time: earlyEnd?.time ?? .now(), restarts: restarts, stopped: stopped,
            restartCount: lifecycle.backoff.restarts, isStop: isStopped)
        earlyEnd = nil
        isStopped = false
        guard let running else { return handle(.settled) }
        self.running = nil
        let ending = ContainerEnd(context: context, id: id)
        inBackground {
            let end = ending.takeDown(running, end)
            return (end, ending.record(end, running.log))
        } then: { [self] (end, failure) in
            keepRecording(failure, "it has ended with code \(end.code)") {
                ending.record(end, running.log)
            } then: { [self] in
                handle(.settled)
                notifyNeighbours()
            }
        }
    }

    /// As long as the store does not have an end it is not over: who waits is told why, and `record` tries again.
    private func keepRecording(
        _ failure: EngineError?, _ what: String, _ record: @escaping @Sendable () -> EngineError?,
        then: @escaping @LoopActor () -> Void
    ) {
        guard let failure else { return then() }
        let error = EngineError(
            failure.code, "container \(name)", "\(what), but that cannot be recorded: \(failure.reason)",
            hint: "make room, or whatever it needs: the supervisor tries again every second")
        if self.failure != error { context.troubles.write("\(error)") }
        self.failure = error
        tell(.unrecorded)
        context.loop.after(nanoseconds: Self.recordingDelay) { [self] in
            inBackground(record) { [self] in keepRecording($0, what, record, then: then) }
        }
    }

    /// Other projects on the same networks have to learn of new and gone names.
    func notifyNeighbours() {
        let context = context
        for project in context.names.neighbours {
            context.workers.run {
                try? SupervisorClient(project: project, layout: context.layout).refreshNames()
            }
        }
    }
}
