import EngineModel
import Testing

@testable import Supervisor

struct RestartBackoffTests {
    private let second: Int64 = 1_000_000_000

    @Test func theFirstRestartIsAtOnceAndThenTheDelaysDoubleToAMinute() {
        var backoff = RestartBackoff(policy: .always)
        let delays = (0..<12).map { _ in backoff.afterExit(code: 0, uptime: 0) }
        #expect(delays.prefix(4) == [0, 200_000_000, 400_000_000, 800_000_000])
        #expect(delays.last == 60 * second)
    }

    @Test func aRunOfTenSecondsBeginsTheDelaysAnew() {
        var backoff = RestartBackoff(policy: .unlessStopped)
        for _ in 0..<5 { _ = backoff.afterExit(code: 1, uptime: 0) }
        #expect(backoff.afterExit(code: 1, uptime: 10 * second) == 0)
    }

    @Test func onFailureIgnoresSuccessAndCountsRetries() {
        var backoff = RestartBackoff(policy: .onFailure(maximumRetries: 2))
        #expect(backoff.afterExit(code: 0, uptime: 0) == nil)
        #expect(backoff.afterExit(code: 1, uptime: 0) != nil)
        #expect(backoff.afterExit(code: 1, uptime: 0) != nil)
        #expect(backoff.afterExit(code: 1, uptime: 0) == nil)
        backoff.reset()
        #expect(backoff.afterExit(code: 1, uptime: 0) == 0)
    }

    @Test func aDelayOfTheFileIsKept() {
        var backoff = RestartBackoff(policy: .always, pacing: RestartPacing(delayNanoseconds: 3 * second))
        #expect(backoff.firstDelay == 3 * second)
        #expect((0..<3).map { _ in backoff.afterExit(code: 0, uptime: 0) } == [3 * second, 3 * second, 3 * second])
    }

    @Test func aRunAsLongAsTheWindowBeginsTheCountOfAttemptsAnew() {
        var backoff = RestartBackoff(
            policy: .onFailure(maximumRetries: 1), pacing: RestartPacing(windowNanoseconds: 5 * second))
        #expect(backoff.afterExit(code: 1, uptime: 0) != nil)
        #expect(backoff.afterExit(code: 1, uptime: 5 * second) != nil)
        #expect(backoff.restarts == 2)
        #expect(backoff.afterExit(code: 1, uptime: second) == nil)
    }

    @Test func noNeverRestarts() {
        var backoff = RestartBackoff(policy: .no)
        #expect(backoff.afterExit(code: 1, uptime: 0) == nil)
    }
}
