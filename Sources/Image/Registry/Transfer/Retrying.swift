internal import EngineModel
internal import LinuxSystem
internal import Primitives

/// What all requests of one piece of work share.
struct TransferContext: Sendable {
    /// `image redis:7`, for errors.
    var subject: String
    var cancellation: Cancellation
    var patience: RegistryOptions.Patience
    /// Told why and for how long there is a wait before the next attempt.
    var onRetry: @Sendable (String) -> Void = { _ in }

    func cancelled() -> EngineError { EngineError(.cancelled, subject, "canceled") }
}

/// Runs `attempt` until it succeeds or there is no point in going on. Waits in between can be cancelled.
///
/// - Parameter offset: bytes that are there after an attempt.
func retrying<Result>(
    _ context: TransferContext, offset: () -> Int64 = { 0 }, _ attempt: () throws(AttemptFailure) -> Result
) throws(EngineError) -> Result {
    var machine = TransferMachine(context.patience, offset: offset())
    while true {
        if context.cancellation.isCancelled { throw context.cancelled() }
        do throws(AttemptFailure) {
            return try attempt()
        } catch {
            if context.cancellation.isCancelled { throw context.cancelled() }
            let action = machine.failed(
                error.kind, offset: offset(), now: monotonicNanoseconds(), random: Double.random(in: 0..<1))
            guard case .retry(let time, _) = action else { throw error.error }
            let seconds = max(0, time - monotonicNanoseconds()) / 1_000_000_000
            context.onRetry("retrying in \(seconds + 1) s: \(error.error.reason)")
            if !context.cancellation.wait(until: time) { throw context.cancelled() }
        }
    }
}
