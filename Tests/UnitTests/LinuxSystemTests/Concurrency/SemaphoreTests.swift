import LinuxSystem
import Primitives
import Testing

struct SemaphoreTests {
    @Test func itCountsWhatWasSignalled() {
        let semaphore = Semaphore(1)
        semaphore.signal()
        let past = monotonicNanoseconds()
        #expect(semaphore.wait(until: past))
        #expect(semaphore.wait(until: past))
        #expect(!semaphore.wait(until: past))
    }

    @Test func anotherThreadEndsAWait() throws {
        let (go, done) = (Semaphore(), Semaphore())
        try startThread(name: "signals") {
            go.wait()
            done.signal()
        }
        go.signal()
        #expect(done.wait(until: patience()))
    }

    @Test func aCancelledWaitIsNotTheDeadline() {
        let cancellation = Cancellation()
        #expect(cancellation.wait(until: monotonicNanoseconds()))
        cancellation.cancel()
        #expect(!cancellation.wait(until: patience()))
    }
}
