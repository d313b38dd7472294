import EngineModel
import Synchronization
import Testing

struct EngineHoldTests {
    @Test func thePauseEndsOnceWhenTheLastReferenceIsGone() {
        let ends = Mutex(0)
        var first: EngineHold? = EngineHold { ends.withLock { $0 += 1 } }
        var second = first
        #expect(first != nil)
        first = nil
        #expect(ends.withLock { $0 } == 0)
        #expect(second != nil)
        second = nil
        #expect(ends.withLock { $0 } == 1)
    }
}
