public import Primitives
internal import Synchronization
internal import SystemPackage

/// Numbered pieces of work on several threads.
public enum ParallelWork {
    /// Does `work` for each of `count` numbers, on this thread and up to `threads` - 1 more, and blocks until all is done.
    /// The first error ends it: pieces that were not begun are left out.
    ///
    /// - Parameters:
    ///   - name: of the threads; at most 15 bytes.
    ///   - cancellation: the caller's; it does not end the work by itself.
    ///   - work: gets the number and a cancellation that the caller's and any error fire.
    public static func run<Failure: Error>(
        _ count: Int, threads: Int, name: String, cancellation: Cancellation? = nil,
        _ work: @escaping @Sendable (Int, Cancellation) throws(Failure) -> Void
    ) throws(Failure) {
        let progress = Progress<Failure>(count)
        let token = cancellation?.onCancel { progress.stop.cancel() }
        defer { if let token { cancellation?.forget(token) } }
        let serve: @Sendable () -> Void = {
            while let index = progress.next() {
                do throws(Failure) {
                    try work(index, progress.stop)
                } catch {
                    progress.fail(error)
                }
            }
        }
        var started = 0
        for _ in 1..<max(1, min(threads, count)) {
            let thread: Void? = try? startThread(name: name, stackSize: 4 << 20) {
                serve()
                progress.ended.signal()
            }
            // Fewer threads only take longer.
            if thread == nil { break }
            started += 1
        }
        serve()
        for _ in 0..<started { progress.ended.wait() }
        if let failure = progress.failure { throw failure }
    }

    private final class Progress<Failure: Error>: Sendable {
        private let count: Int
        private let state = Mutex<(next: Int, failure: Failure?)>((0, nil))
        let ended = Semaphore()
        let stop = Cancellation()

        init(_ count: Int) {
            self.count = count
        }

        var failure: Failure? { state.withLock { $0.failure } }

        func next() -> Int? {
            state.withLock { state in
                guard state.next < count, state.failure == nil else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func fail(_ error: Failure) {
            state.withLock { $0.failure = $0.failure ?? error }
            stop.cancel()
        }
    }
}
