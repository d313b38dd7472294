import LinuxSystem
import Primitives
import Testing

struct PollingTests {
    private struct Refusal: Error {}

    @Test func itAsksUntilTheConditionHolds() {
        var questions = 0
        let holds = Polling.wait(every: 1, deadline: nil, because: "a test") {
            questions += 1
            return questions == 3
        }
        #expect(holds)
        #expect(questions == 3)
    }

    @Test func itAsksOnceMoreWhenTheDeadlineIsThere() {
        var questions = 0
        let holds = Polling.wait(every: 1_000_000_000, deadline: monotonicNanoseconds() + 1_000_000, because: "a test")
        {
            questions += 1
            return false
        }
        #expect(!holds)
        #expect(questions == 2)
    }

    @Test func aCancellationEndsThePause() {
        let cancellation = Cancellation()
        let holds = Polling.wait(every: 3_600_000_000_000, deadline: nil, cancellation: cancellation, because: "a test")
        {
            cancellation.cancel()
            return false
        }
        #expect(!holds)
    }

    @Test func anErrorOfTheConditionIsTheErrorOfTheWait() {
        #expect(throws: Refusal.self) {
            try Polling.wait(every: 1, deadline: nil, because: "a test") { () throws(Refusal) in throw Refusal() }
        }
    }
}
