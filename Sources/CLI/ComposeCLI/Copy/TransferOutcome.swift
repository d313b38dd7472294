internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// How the other end of a copy fared.
final class TransferOutcome: Sendable {
    private struct State {
        var failure: (any Error)?
        var ended = false
    }

    private let state = Mutex(State())
    private let finished = Semaphore()

    func fail(_ error: any Error) { state.withLock { $0.failure = error } }

    func end() {
        state.withLock { $0.ended = true }
        finished.signal()
    }

    var failureIfEnded: (any Error)? { state.withLock { $0.ended ? $0.failure : nil } }

    /// Blocks until the other end has ended.
    func wait() -> (any Error)? {
        finished.wait()
        return state.withLock { $0.failure }
    }
}
