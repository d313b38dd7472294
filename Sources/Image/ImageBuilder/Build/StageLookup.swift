internal import EngineModel

/// What of a plan is in the cache already, and which stages have to be gone through for the target.
struct StageLookup: Sendable {
    let keys: DefinitionKeys
    /// By stage: the results of the first steps, as far as they are known without a gap.
    private(set) var hits: [Int: [StepResult]] = [:]
    /// The target, and the stages without whose results it cannot be made.
    private(set) var demanded: Set<Int> = []

    init(
        _ plan: BuildPlan, cache: any StepCache, content: (PlannedStep, TreeSource) throws(EngineError) -> StepKey
    ) throws(StepFailure) {
        keys = try DefinitionKeys(plan, content: content)
        // A stage that is made anew may come out different: the keys of all that follow from it tell nothing.
        var unsure: Set<Int> = []
        for index in plan.order {
            guard let stage = plan.stages[index] else { continue }
            var found: [StepResult] = []
            if !stage.ignoresCache {
                for (step, key) in zip(stage.steps, keys.steps[index] ?? []) {
                    if Self.stages(of: step).contains(where: unsure.contains) { break }
                    if case .stage(let base) = stage.base, unsure.contains(base) { break }
                    guard let hit = try Self.hit(key, cache) else { break }
                    found.append(hit)
                }
            }
            hits[index] = found
            let dependsOnUnsure = !stage.dependencies.isDisjoint(with: unsure)
            if (stage.ignoresCache && !stage.steps.isEmpty) || dependsOnUnsure { unsure.insert(index) }
        }
        demand(plan.target, plan)
    }

    func isComplete(_ index: Int, _ plan: BuildPlan) -> Bool {
        guard let stage = plan.stages[index], hits[index, default: []].count == stage.steps.count else { return false }
        if case .stage(let base) = stage.base { return isComplete(base, plan) }
        return true
    }

    /// Whether the stage's cached steps are told: those of stages that are not gone through only if none is missing.
    func isShown(_ index: Int, _ plan: BuildPlan) -> Bool {
        demanded.contains(index) || isComplete(index, plan)
    }

    private static func hit(_ key: StepKey, _ cache: any StepCache) throws(StepFailure) -> StepResult? {
        do throws(EngineError) {
            return try cache.lookup(key)
        } catch {
            throw StepFailure(error)
        }
    }

    private static func stages(of step: PlannedStep) -> [Int] {
        step.sources.compactMap { if case .stage(let index) = $0 { index } else { nil } }
    }

    private mutating func demand(_ index: Int, _ plan: BuildPlan) {
        guard let stage = plan.stages[index], demanded.insert(index).inserted else { return }
        if case .stage(let base) = stage.base { demand(base, plan) }
        for step in stage.steps.dropFirst(hits[index, default: []].count) {
            for other in Self.stages(of: step) { demand(other, plan) }
        }
    }
}
