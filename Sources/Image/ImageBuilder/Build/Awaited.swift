internal import LinuxSystem
internal import Synchronization

/// A value that one thread makes and others wait for; set once.
final class Awaited<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiting: [Semaphore] = []
    }

    private let state = Mutex(State())

    func set(_ value: Value) {
        let waiting = state.withLock { state in
            if state.value == nil { state.value = value }
            defer { state.waiting = [] }
            return state.waiting
        }
        for semaphore in waiting { semaphore.signal() }
    }

    /// Blocks until it is set.
    func wait() -> Value {
        let semaphore = Semaphore()
        while true {
            let value = state.withLock { state in
                if state.value == nil { state.waiting.append(semaphore) }
                return state.value
            }
            if let value { return value }
            semaphore.wait()
        }
    }
}
