import Primitives
import Synchronization
import Testing

struct CancellationTests {
    @Test func handlersAreCalledOnceHoweverOftenItIsCancelled() {
        let cancellation = Cancellation()
        let calls = Mutex(0)
        let token = cancellation.onCancel { calls.withLock { $0 += 1 } }
        #expect(token != 0)
        #expect(!cancellation.isCancelled)
        cancellation.cancel()
        cancellation.cancel()
        #expect(cancellation.isCancelled)
        #expect(calls.withLock { $0 } == 1)
    }

    @Test func aHandlerThatComesLateIsCalledAtOnce() {
        let cancellation = Cancellation()
        cancellation.cancel()
        let calls = Mutex(0)
        _ = cancellation.onCancel { calls.withLock { $0 += 1 } }
        #expect(calls.withLock { $0 } == 1)
    }

    @Test func aForgottenHandlerIsNotCalled() {
        let cancellation = Cancellation()
        let calls = Mutex(0)
        let token = cancellation.onCancel { calls.withLock { $0 += 1 } }
        cancellation.forget(token)
        cancellation.cancel()
        #expect(calls.withLock { $0 } == 0)
    }
}
