internal import EngineModel
internal import ImageModel

/// Keys of all steps of a plan by what they say and by what they start from, without running anything: a stage is
/// known by how it is made.
struct DefinitionKeys: Sendable {
    /// By stage and step.
    private(set) var steps: [Int: [StepKey]] = [:]
    /// Of the results of stages.
    private(set) var results: [Int: StepKey] = [:]

    /// - Parameter content: what stands for the content that a step takes from a source that is no stage.
    init(
        _ plan: BuildPlan, content: (PlannedStep, TreeSource) throws(EngineError) -> StepKey
    ) throws(StepFailure) {
        for index in plan.order {
            guard let stage = plan.stages[index] else { continue }
            var parent: StepKey
            switch stage.base {
            case .scratch: parent = StepKey(layers: [])
            case .image(let image): parent = StepKey(layers: image.configuration.diffIDs)
            case .stage(let base): parent = results[base] ?? StepKey("unknown", [])
            }
            var keys: [StepKey] = []
            for step in stage.steps {
                let sources: [StepKey]
                do throws(EngineError) {
                    sources = try step.sources.map { source throws(EngineError) in
                        if case .stage(let other) = source, let key = results[other] { return key }
                        return try content(step, source)
                    }
                } catch {
                    throw StepFailure(error, step: step)
                }
                // What is taken of a stage or an image is told by its names, not by its content.
                var fields: [String] = []
                if case .copy(let request, _) = step.action { fields = request.sources + [""] + request.exclude }
                let key = StepKey("definition", [step.key(on: parent, sources: sources).hex] + fields)
                keys.append(key)
                // What follows depends on the root all the same.
                parent = step.isIndependent ? StepKey("linked", [parent.hex, key.hex]) : key
            }
            steps[index] = keys
            results[index] = parent
        }
    }
}
