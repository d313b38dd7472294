internal import EngineModel
internal import Primitives

/// Shows the reading of the context as one step, however many instructions need it.
final class ContextLoading {
    private let progress: BuildProgress
    private var isShown = false

    init(_ progress: BuildProgress) {
        self.progress = progress
    }

    /// Runs what reads a source; the first time that it is the context, as a step.
    func during<Result>(
        _ source: TreeSource, _ body: () throws -> Result
    ) throws(EngineError) -> Result {
        guard source == .context, !isShown else { return try EngineError.explaining { try body() } }
        isShown = true
        return try progress.step("[internal] load build context") { _ in try body() }
    }
}
