internal import LinuxSystem
internal import Synchronization

/// A line that is written in several calls, with nothing of others between them. Any thread may wait for its end.
public final class PartedLine: Sendable {
    private let state = Mutex((hasEnded: false, waiting: [Semaphore]()))

    init() {}

    /// Blocks until the line has ended.
    func wait() {
        let end = Semaphore()
        let ended = state.withLock { state in
            if !state.hasEnded { state.waiting.append(end) }
            return state.hasEnded
        }
        if !ended { end.wait() }
    }

    /// Lets those go on who wait.
    func end() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            return state.waiting
        }
        for semaphore in waiting { semaphore.signal() }
    }
}
