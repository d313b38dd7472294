internal import EngineModel
internal import ImageModel
internal import Primitives

/// A stage that is done.
struct StageResult: Sendable, Hashable {
    /// The root's layers, undermost first: those of its base, and of its own steps.
    var layers: [Digest]
    /// Of the stage's own steps, in order.
    var steps: [StepResult]
}

/// Does what a step says. Any thread may use it.
protocol StepExecutor: Sendable {
    /// What stands for the content of each of the step's sources. `stages` has the results of those that are stages.
    func contentKeys(of step: PlannedStep, stages: [Int: StageResult]) throws(EngineError) -> [StepKey]
    /// Makes the step's layer on a root of these layers.
    func execute(
        _ step: PlannedStep, on layers: [Digest], stages: [Int: StageResult],
        output: @escaping @Sendable (_ isError: Bool, UnsafeRawBufferPointer) -> Void, cancellation: Cancellation
    ) throws(EngineError) -> StepResult
}
