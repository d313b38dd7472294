internal import EngineModel
internal import ImageModel
internal import Primitives

/// What a step has made.
struct StepResult: Sendable, Hashable {
    /// nil: nothing was changed, and there is no layer.
    var layer: Digest?
    /// Bytes of the layer's files.
    var size: Int64
    /// When it was made; shown in the image's history.
    var made: Instant
}

/// Results by what they depend on. Any thread may use it.
protocol StepCache: Sendable {
    /// The result of this key whose layer is here, and stays here until the build ends.
    func lookup(_ key: StepKey) throws(EngineError) -> StepResult?
    /// Remembers a result under all of these keys.
    func record(_ result: StepResult, keys: [StepKey], instruction: String) throws(EngineError)
    /// Runs `body` while no other build, of this or another process, runs one for the same key.
    func exclusively<Result>(
        _ key: StepKey, cancellation: Cancellation, _ body: () throws(EngineError) -> Result
    ) throws(EngineError) -> Result
}
