internal import EngineModel
internal import ImageModel
internal import Primitives

extension PlannedStage {
    /// The configuration of the image that this stage's result is.
    ///
    /// The same plan and the same results give the same document: times are those at which steps were made, wherever
    /// they come from, and with `epoch` (seconds since 1970) that time instead.
    ///
    /// - Parameters:
    ///   - stages: the results of the stage and, if it begins from a stage, of that one.
    ///   - plan: where the stages that it begins from are found.
    func configuration(_ stages: [Int: StageResult], plan: BuildPlan, epoch: Int64?) -> ImageConfiguration {
        let fixed = epoch.map { Instant(nanoseconds: $0 &* 1_000_000_000) }
        var result = image
        result.history = history(stages, plan: plan, fixed: fixed)
        result.diffIDs = stages[index]?.layers ?? []
        let known = result.history.compactMap(\.created)
        result.created = fixed ?? known.last
        // What only changes the configuration is as old as what it follows.
        var last = known.first
        for entry in result.history.indices {
            if result.history[entry].created == nil { result.history[entry].created = last }
            last = result.history[entry].created
        }
        return result
    }

    /// The history with times and without layers where nothing was changed. Steps of the stage that this one begins
    /// from are filled in by that one.
    private func history(
        _ stages: [Int: StageResult], plan: BuildPlan, fixed: Instant?
    ) -> [ImageConfiguration.History] {
        var history = image.history
        var inherited: [ImageConfiguration.History] = []
        if case .stage(let index) = base, let base = plan.stages[index] {
            inherited = base.history(stages, plan: plan, fixed: fixed)
        } else if case .image(let found) = base {
            inherited = found.configuration.history
        }
        for (index, entry) in inherited.enumerated() where index < history.count { history[index] = entry }
        for index in history.indices.dropFirst(inherited.count) where fixed != nil { history[index].created = fixed }
        for (step, made) in zip(steps, stages[index]?.steps ?? []) {
            history[step.historyIndex].created = fixed ?? made.made
            history[step.historyIndex].emptyLayer = made.layer == nil
        }
        return history
    }
}
