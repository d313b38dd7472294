internal import EngineModel

extension ContainerRun {
    /// Nanoseconds between two attempts to record an end.
    static let recordingDelay: Int64 = 1_000_000_000

    /// Answers those who waited for this.
    func tell(_ occasion: CallOccasion) {
        for (call, outcome) in waiting.take(on: occasion) { answer(call, outcome, isNew: occasion == .launched) }
    }

    /// Nobody waits any more once it rests; then its owner hears of that.
    func tellIfAtRest() {
        guard isIdle else { return }
        answerSignalCalls()
        tell(.rests)
        owner.rested(self)
    }

    /// The signals were sent, or there is nothing to send them to.
    func answerSignalCalls() {
        let calls = signalCalls
        signalCalls = []
        for call in calls { call.answer(.done) }
    }

    func notRunning() -> EngineError { EngineError(.notRunning, "container \(name)", "it is not running") }

    /// - Parameter isNew: the run begins here; else it was joined.
    private func answer(_ call: PendingCall, _ outcome: WaitingCalls<PendingCall>.Outcome, isNew: Bool) {
        switch outcome {
        case .running(let input):
            guard let running else { return call.answer(.done) }
            call.answer(
                .attached(log: running.logDirectory, position: isNew ? running.logStart : running.log.position),
                descriptor: input ? launchInput?.raw : nil)
        case .done: call.answer(.done)
        case .exited: call.answer(.exited(code: exitCode))
        case .failed: call.fail(failure ?? notRunning())
        case .overtaken:
            call.fail(
                EngineError(
                    .conflict, "container \(name)", "another command stopped it before it was started",
                    hint: "start it again if it is to run"))
        case .stuck:
            call.fail(
                EngineError(
                    .timedOut, "container \(name)", "it does not end although it was killed",
                    hint: "a process that waits for a device or a file server cannot be killed"))
        }
    }
}
