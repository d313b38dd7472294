internal import EngineModel
internal import Glibc
internal import Primitives
internal import Synchronization

/// The user's wish to end: the first interrupt cancels what is under way, and each one is passed on to a handler.
///
/// Make it before the engine: see ``SignalWatcher``.
final class Interruption: Sendable {
    private struct State {
        var count = 0
        var handler: (@Sendable (Int) -> Void)?
    }

    let cancellation = Cancellation()
    private let state = Mutex(State())

    init() throws {
        _ = try SignalWatcher([SIGINT, SIGTERM, SIGHUP]) { [self] _ in
            let (count, handler) = state.withLock { state in
                state.count += 1
                return (state.count, state.handler)
            }
            cancellation.cancel()
            handler?(count)
            // Somebody who insists is not kept waiting by a step that cannot be cancelled.
            if handler == nil && count > 1 { _exit(130) }
        }
    }

    /// `handler` gets 1 for the first interrupt, 2 for the second …; interrupts that came already are told at once.
    func onInterrupt(_ handler: @escaping @Sendable (Int) -> Void) {
        let count = state.withLock { state in
            state.handler = handler
            return state.count
        }
        if count > 0 { handler(count) }
    }
}
