internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// Does numbered pieces of work on several threads; the first failure cancels the others.
enum ParallelTransfers {
    private final class Progress: Sendable {
        let state = Mutex<(next: Int, failure: EngineError?)>((0, nil))
        let ended = Semaphore()
        let stop = Cancellation()

        func next(of count: Int) -> Int? {
            state.withLock { state in
                guard state.next < count, state.failure == nil else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func fail(_ error: EngineError) {
            state.withLock { $0.failure = $0.failure ?? error }
            stop.cancel()
        }
    }

    /// Blocks until all is done. `work` gets the cancellation that the caller's and any failure fire.
    static func run(
        _ count: Int, threads: Int, cancellation: Cancellation,
        _ work: @escaping @Sendable (Int, Cancellation) throws(EngineError) -> Void
    ) throws(EngineError) {
        let progress = Progress()
        let token = cancellation.onCancel { progress.stop.cancel() }
        defer { cancellation.forget(token) }
        let serve: @Sendable () -> Void = {
            while let index = progress.next(of: count) {
                do throws(EngineError) {
                    try work(index, progress.stop)
                } catch {
                    progress.fail(error)
                }
            }
        }
        var started = 0
        for _ in 1..<max(1, min(threads, count)) {
            // Fewer threads only take longer.
            guard
                (try? startThread(
                    name: "transfer", stackSize: 4 << 20,
                    {
                        serve()
                        progress.ended.signal()
                    })) != nil
            else { break }
            started += 1
        }
        serve()
        for _ in 0..<started { progress.ended.wait() }
        if let failure = progress.state.withLock({ $0.failure }) { throw failure }
    }
}
