internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// Threads for work that blocks: as many as are needed now, up to a limit, and none while there is nothing to do.
final class Workers: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var threads = 0
        var waiting: [Job] = []
        var observers: [Semaphore] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int = 16) {
        self.limit = limit
    }

    /// Whether no job runs or waits.
    var isIdle: Bool { state.withLock { $0.threads == 0 } }

    /// Runs `job` soon on a thread of its own. When no thread can be made, on this one.
    func run(_ job: @escaping Job) {
        let starts = state.withLock { state in
            if state.threads >= limit {
                state.waiting.append(job)
                return false
            }
            state.threads += 1
            return true
        }
        guard starts else { return }
        do throws(Errno) {
            try startThread(name: "worker", stackSize: 1 << 20) { self.work(job) }
        } catch {
            work(job)
        }
    }

    /// Blocks until no job runs or waits. Not from a job.
    func waitUntilIdle() {
        let done = Semaphore()
        let waits = state.withLock { state in
            if state.threads == 0 { return false }
            state.observers.append(done)
            return true
        }
        if waits { done.wait() }
    }

    private func work(_ first: @escaping Job) {
        var next: Job? = first
        while let job = next {
            job()
            next = state.withLock { state in
                if state.waiting.isEmpty {
                    state.threads -= 1
                    if state.threads == 0 {
                        for observer in state.observers { observer.signal() }
                        state.observers = []
                    }
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }
}
