internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// Does `work` for each of `count` numbers, on this thread and `threads` - 1 more. The first error ends it: pieces
/// that were not begun are left out.
func inParallel(
    _ count: Int, threads: Int, _ work: @escaping @Sendable (Int) throws(EngineError) -> Void
) throws(EngineError) {
    final class Progress: Sendable {
        let state = Mutex<(next: Int, failure: EngineError?)>((0, nil))

        func next(of count: Int) -> Int? {
            state.withLock { state in
                guard state.next < count, state.failure == nil else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }
    }
    let progress = Progress()
    let run: @Sendable () -> Void = {
        while let index = progress.next(of: count) {
            do throws(EngineError) {
                try work(index)
            } catch {
                progress.state.withLock { $0.failure = $0.failure ?? error }
            }
        }
    }
    let pipe = try EngineError.explaining("worker threads", doing: "making a pipe") { try Descriptor.pipe() }
    let done = pipe.write.raw
    var started = 0
    for _ in 1..<max(1, min(threads, count)) {
        do throws(Errno) {
            try startThread(name: "image-layer", stackSize: 4 << 20) {
                run()
                var byte: UInt8 = 0
                _ = write(done, &byte, 1)
            }
            started += 1
        } catch {
            break
        }
    }
    run()
    while started > 0 {
        let finished = try EngineError.explaining("worker threads", doing: "waiting") {
            try pipe.read.read(upTo: started)
        }
        started -= finished.count
    }
    if let failure = progress.state.withLock({ $0.failure }) { throw failure }
}
