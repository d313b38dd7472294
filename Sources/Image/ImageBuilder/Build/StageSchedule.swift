internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// Runs what a plan's target needs: stages beside each other on threads of their own, the steps of a stage one after
/// the other. What is in the cache is neither run nor touched.
///
/// One value runs one plan.
final class StageSchedule: Sendable {
    let plan: BuildPlan
    let cache: any StepCache
    let executor: any StepExecutor
    let progress: BuildProgress
    /// Ends all stages: fired when one fails, or the caller cancels.
    let cancellation = Cancellation()
    /// Steps at work at the same time.
    private let slots = Semaphore()
    let failure = Mutex<StepFailure?>(nil)
    private let results: [Awaited<StageResult?>]

    init(plan: BuildPlan, cache: any StepCache, executor: any StepExecutor, progress: BuildProgress, parallel: Int) {
        self.plan = plan
        self.cache = cache
        self.executor = executor
        self.progress = progress
        results = plan.stages.map { _ in Awaited() }
        for _ in 0..<max(1, parallel) { slots.signal() }
    }

    /// The target's result and those of the stages that had to be made for it. The first failure ends all.
    func run(
        cancellation outer: Cancellation,
        content: (PlannedStep, TreeSource) throws(EngineError) -> StepKey
    ) throws(StepFailure) -> (results: [Int: StageResult], keys: DefinitionKeys) {
        let token = outer.onCancel { self.cancellation.cancel() }
        defer { outer.forget(token) }
        let lookup: StageLookup
        do throws(StepFailure) {
            lookup = try StageLookup(plan, cache: cache, content: content)
        } catch {
            if let step = error.step { progress.completed(progress.started(step.name), error: error.error.description) }
            throw error
        }
        for index in plan.order where lookup.isShown(index, plan) {
            for step in plan.stages[index]?.steps.prefix(lookup.hits[index, default: []].count) ?? [] {
                progress.cached(step.name)
            }
        }
        let demanded = plan.order.filter { lookup.demanded.contains($0) }
        runThreads(demanded, lookup)
        if let failure = failure.withLock({ $0 }) { throw failure }
        var found: [Int: StageResult] = [:]
        for index in demanded { found[index] = results[index].wait() }
        return (found, lookup.keys)
    }

    private func runThreads(_ stages: [Int], _ lookup: StageLookup) {
        let ended = Semaphore()
        var started = 0
        for index in stages {
            let body: @Sendable () -> Void = {
                self.results[index].set(self.result(of: index, lookup))
            }
            // The last one, usually the target, and those that are complete already need no thread.
            if index == stages.last || lookup.isComplete(index, plan) {
                body()
                continue
            }
            do throws(Errno) {
                try startThread(name: "build-stage", stackSize: 4 << 20) {
                    body()
                    ended.signal()
                }
                started += 1
            } catch {
                fail(StepFailure(EngineError(.system, "build", "starting a thread: \(error.description)")))
                results[index].set(nil)
            }
        }
        for _ in 0..<started { ended.wait() }
    }

    /// nil if the build failed.
    private func result(of index: Int, _ lookup: StageLookup) -> StageResult? {
        guard let stage = plan.stages[index] else { return nil }
        var result = StageResult(layers: [], steps: [])
        switch stage.base {
        case .scratch: break
        case .image(let image): result.layers = image.configuration.diffIDs
        case .stage(let base):
            guard let base = results[base].wait() else { return nil }
            result.layers = base.layers
        }
        let hits = lookup.hits[index, default: []]
        result.steps = hits
        result.layers += hits.compactMap(\.layer)
        for (number, step) in stage.steps.enumerated().dropFirst(hits.count) {
            var sources: [Int: StageResult] = [:]
            for case .stage(let other) in step.sources {
                guard let source = results[other].wait() else { return nil }
                sources[other] = source
            }
            do throws(StepFailure) {
                let made = try work(
                    step, on: result.layers, stages: sources, definition: lookup.keys.steps[index]?[number],
                    ignoresCache: stage.ignoresCache)
                result.steps.append(made)
                if let layer = made.layer { result.layers.append(layer) }
            } catch {
                fail(error)
                return nil
            }
        }
        return result
    }

    /// Keeps the first failure and ends everything else.
    private func fail(_ error: StepFailure) {
        failure.withLock { $0 = $0 ?? error }
        cancellation.cancel()
    }

    private func work(
        _ step: PlannedStep, on layers: [Digest], stages: [Int: StageResult], definition: StepKey?,
        ignoresCache: Bool
    ) throws(StepFailure) -> StepResult {
        slots.wait()
        defer { slots.signal() }
        if cancellation.isCancelled { throw StepFailure(EngineError(.cancelled, "build", "it was cancelled")) }
        let run = StepRun(
            step: step, layers: layers, stages: stages, definition: definition, ignoresCache: ignoresCache,
            schedule: self)
        return try run.run()
    }
}
