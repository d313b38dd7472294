import EngineModel
import Testing

@testable import Supervisor

struct HealthMonitorTests {
    private let second: Int64 = 1_000_000_000

    private func monitor(_ change: (inout Healthcheck) -> Void = { _ in }) throws -> HealthMonitor {
        var check = Healthcheck(test: ["CMD", "true"])
        change(&check)
        return try #require(HealthMonitor(check, startedAt: 0))
    }

    @Test func noCheckMakesNoMonitor() {
        #expect(HealthMonitor(nil, startedAt: 0) == nil)
        #expect(HealthMonitor(Healthcheck(test: ["NONE"]), startedAt: 0) == nil)
        #expect(HealthMonitor(Healthcheck(), startedAt: 0) == nil)
    }

    @Test func theFirstProbeComesAfterOneInterval() throws {
        var monitor = try monitor()
        #expect(monitor.handle(.started, now: 0) == [.schedule(after: 30 * second)])
        #expect(monitor.handle(.timer, now: 30 * second) == [.probe(timeout: 30 * second)])
    }

    @Test func threeFailuresInARowAreUnhealthyAndASuccessHealsAtOnce() throws {
        var monitor = try monitor()
        #expect(monitor.handle(.finished(.exited(1)), now: 0) == [.schedule(after: 30 * second)])
        #expect(monitor.handle(.finished(.timedOut), now: 0) == [.schedule(after: 30 * second)])
        #expect(monitor.handle(.finished(.failed), now: 0) == [.report(.unhealthy), .schedule(after: 30 * second)])
        #expect(monitor.handle(.finished(.exited(0)), now: 0) == [.report(.healthy), .schedule(after: 30 * second)])
        #expect(monitor.handle(.finished(.exited(1)), now: 0) == [.schedule(after: 30 * second)])
        #expect(monitor.status == .healthy)
    }

    @Test func failuresInTheStartPeriodDoNotCountAndProbesAreFrequent() throws {
        var monitor = try monitor {
            $0.startPeriod = .nanoseconds(60_000_000_000)
            $0.retries = 1
        }
        #expect(monitor.handle(.started, now: 0) == [.schedule(after: 5 * second)])
        #expect(monitor.handle(.finished(.exited(1)), now: 10 * second) == [.schedule(after: 5 * second)])
        #expect(
            monitor.handle(.finished(.exited(1)), now: 61 * second)
                == [.report(.unhealthy), .schedule(after: 30 * second)])
    }

    @Test func aFirstSuccessEndsTheStartPeriod() throws {
        var monitor = try monitor {
            $0.startPeriod = .nanoseconds(60_000_000_000)
            $0.retries = 1
        }
        _ = monitor.handle(.finished(.exited(0)), now: 10 * second)
        #expect(monitor.handle(.finished(.exited(1)), now: 20 * second).first == .report(.unhealthy))
    }

    @Test func aShellLineRunsInTheContainersShell() {
        #expect(Healthcheck(test: ["CMD-SHELL", "a b"]).arguments == ["/bin/sh", "-c", "a b"])
        #expect(Healthcheck(test: ["CMD", "a", "b"]).arguments == ["a", "b"])
    }
}
