import LinuxSystem
import Primitives
import Synchronization
import Testing

struct ParallelWorkTests {
    private struct Refusal: Error, Equatable {
        var number: Int
    }

    @Test func everyNumberIsDoneOnce() throws {
        let done = Mutex<[Int]>([])
        try ParallelWork.run(100, threads: 4, name: "test") { index, _ throws(Refusal) in
            done.withLock { $0.append(index) }
        }
        #expect(done.withLock { $0.sorted() } == Array(0..<100))
    }

    @Test func theFirstErrorEndsTheRestAndIsThrown() {
        let done = Mutex(0)
        #expect(throws: Refusal(number: 2)) {
            try ParallelWork.run(100, threads: 1, name: "test") { index, _ throws(Refusal) in
                if index == 2 { throw Refusal(number: index) }
                done.withLock { $0 += 1 }
            }
        }
        #expect(done.withLock { $0 } == 2)
    }

    @Test func anErrorCancelsThoseAtWork() {
        let isWaiting = Semaphore()
        #expect(throws: Refusal(number: 0)) {
            try ParallelWork.run(2, threads: 2, name: "test") { index, cancellation throws(Refusal) in
                if index == 1 {
                    isWaiting.signal()
                    #expect(!cancellation.wait(until: patience()))
                    return
                }
                #expect(isWaiting.wait(until: patience()))
                throw Refusal(number: index)
            }
        }
    }

    @Test func theCallersCancellationReachesTheWork() throws {
        let caller = Cancellation()
        caller.cancel()
        try ParallelWork.run(1, threads: 1, name: "test", cancellation: caller) { _, cancellation throws(Refusal) in
            #expect(cancellation.isCancelled)
        }
    }
}
