internal import Synchronization
public import SystemPackage

/// Runs numbered tasks on threads, each once all those that it depends on have ended.
public enum TaskGraph {
    /// Blocks until all tasks have ended.
    ///
    /// - Parameters:
    ///   - dependencies: for each task the numbers of those that come before it. Cycles never run: the caller has none.
    ///   - limit: how many tasks run at the same time at most.
    ///   - body: called with a task's number, on any of several threads.
    public static func run(
        dependencies: [[Int]], limit: Int, _ body: @escaping @Sendable (Int) -> Void
    ) throws(Errno) {
        if dependencies.isEmpty { return }
        let run = Run(dependencies, body)
        // One thread for each task that could ever run beside others, started when there is work for it.
        try run.addThreads(upTo: max(1, min(limit, dependencies.count)))
        run.waitUntilFinished()
        if let failure = run.failure { throw failure }
    }
}

/// The shared state of one run. Kept alive by its threads until the last has left.
private final class Run: Sendable {
    private struct State {
        var waiting: [Int]
        var ready: [Int] = []
        var left: Int
        var threads = 0
        var idle = 0
        var failure: Errno?
    }

    private let dependents: [[Int]]
    private let body: @Sendable (Int) -> Void
    private let state: Mutex<State>
    private let work = Semaphore()
    private let finished = Semaphore()
    private let limit = Mutex(1)

    init(_ dependencies: [[Int]], _ body: @escaping @Sendable (Int) -> Void) {
        var dependents = [[Int]](repeating: [], count: dependencies.count)
        for (task, before) in dependencies.enumerated() {
            for other in Set(before) { dependents[other].append(task) }
        }
        self.dependents = dependents
        self.body = body
        var state = State(waiting: dependencies.map { Set($0).count }, left: dependencies.count)
        state.ready = state.waiting.indices.filter { state.waiting[$0] == 0 }
        let first = state
        self.state = Mutex(first)
    }

    var failure: Errno? { state.withLock { $0.failure } }

    func waitUntilFinished() { finished.wait() }

    func addThreads(upTo limit: Int) throws(Errno) {
        self.limit.withLock { $0 = limit }
        let ready = state.withLock { $0.ready.count }
        for _ in 0..<ready { work.signal() }
        try startThreads()
    }

    /// Starts as many threads as there are ready tasks without one, within the limit.
    private func startThreads() throws(Errno) {
        let limit = limit.withLock { $0 }
        let wanted = state.withLock { state in
            let wanted = max(0, min(state.ready.count - state.idle, limit - state.threads))
            state.threads += wanted
            state.idle += wanted
            return wanted
        }
        for _ in 0..<wanted { try startThread(name: "task") { self.serve() } }
    }

    private func serve() {
        while true {
            work.wait()
            let task = state.withLock { state -> Int? in
                state.idle -= 1
                return state.ready.isEmpty ? nil : state.ready.removeFirst()
            }
            // Woken without work: all is done.
            guard let task else { return }
            body(task)
            end(task)
        }
    }

    private func end(_ task: Int) {
        let (ready, over, threads) = state.withLock { state in
            state.idle += 1
            state.left -= 1
            var count = 0
            for dependent in dependents[task] {
                state.waiting[dependent] -= 1
                if state.waiting[dependent] == 0 {
                    state.ready.append(dependent)
                    count += 1
                }
            }
            return (count, state.left == 0, state.threads)
        }
        if over {
            for _ in 0..<threads { work.signal() }
            finished.signal()
            return
        }
        for _ in 0..<ready { work.signal() }
        do throws(Errno) {
            try startThreads()
        } catch {
            // The threads there are do the rest, only slower.
        }
    }
}
