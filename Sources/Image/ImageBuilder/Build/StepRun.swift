internal import EngineModel
internal import ImageModel
internal import Primitives

/// Why a step failed.
struct StepFailure: Error, Sendable {
    var error: EngineError
    /// nil if it was no instruction.
    var step: PlannedStep?
    /// Of the program of a `RUN` that ran.
    var exitCode: Int32?
    /// The last lines that it wrote.
    var lastOutput: [String] = []

    init(_ error: EngineError, step: PlannedStep? = nil) {
        self.error = error
        self.step = step
    }
}

/// One step on its way: looked up by content, made if it is not there, and recorded.
struct StepRun {
    let step: PlannedStep
    let layers: [Digest]
    let stages: [Int: StageResult]
    let definition: StepKey?
    let ignoresCache: Bool
    let schedule: StageSchedule

    func run() throws(StepFailure) -> StepResult {
        let id = schedule.progress.started(step.name)
        let tail = OutputTail()
        do throws(EngineError) {
            let sources = try schedule.executor.contentKeys(of: step, stages: stages)
            let key = step.key(on: StepKey(layers: layers), sources: sources)
            let keys = [key] + (definition.map { [$0] } ?? [])
            if let result = try found(key) {
                try schedule.cache.record(result, keys: keys, instruction: step.instruction)
                schedule.progress.completed(id, cached: true)
                return result
            }
            let (result, cached) = try schedule.cache.exclusively(key, cancellation: schedule.cancellation) {
                () throws(EngineError) -> (StepResult, Bool) in
                // Another build may have made it in the meantime.
                if let result = try found(key) { return (result, true) }
                return (try execute(id, tail, keys: keys), false)
            }
            schedule.progress.completed(id, cached: cached)
            return result
        } catch {
            throw failed(id, error, tail)
        }
    }

    private func found(_ key: StepKey) throws(EngineError) -> StepResult? {
        ignoresCache ? nil : try schedule.cache.lookup(key)
    }

    private func execute(_ id: Int, _ tail: OutputTail, keys: [StepKey]) throws(EngineError) -> StepResult {
        let progress = schedule.progress
        let result = try schedule.executor.execute(
            step, on: layers, stages: stages,
            output: { isError, bytes in
                tail.append(bytes)
                progress.send(.output(id: id, isError: isError, bytes: Array(bytes)))
            }, cancellation: schedule.cancellation)
        try schedule.cache.record(result, keys: keys, instruction: step.instruction)
        return result
    }

    private func failed(_ id: Int, _ error: EngineError, _ tail: OutputTail) -> StepFailure {
        // A program that was killed because something else failed is not what failed.
        let cancelled = error.code == .cancelled || schedule.cancellation.isCancelled
        schedule.progress.completed(id, error: cancelled ? "CANCELED" : error.reason)
        var failure = StepFailure(cancelled ? EngineError(.cancelled, "build", "it was cancelled") : error, step: step)
        failure.exitCode = cancelled ? nil : error.exitCode
        failure.lastOutput = cancelled ? [] : tail.lines
        return failure
    }
}
