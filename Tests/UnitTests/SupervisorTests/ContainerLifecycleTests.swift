import EngineModel
import Testing

@testable import Supervisor

struct ContainerLifecycleTests {
    private let second: Int64 = 1_000_000_000
    private let term = ContainerLifecycle.StopOrder(signal: 15, grace: 10_000_000_000)

    private func running(_ policy: RestartPolicy = .no) -> ContainerLifecycle {
        var lifecycle = ContainerLifecycle(RestartBackoff(policy: policy))
        #expect(lifecycle.handle(.start) == [.launch])
        #expect(lifecycle.handle(.launched(at: 0)) == [.tell(.launched)])
        return lifecycle
    }

    @Test func aRunEndsAndRests() {
        var lifecycle = running()
        let actions = lifecycle.handle(.ended(code: 3, at: second))
        #expect(actions == [.cancel(.grace), .cancel(.giveUp), .settle(code: 3, restarts: false, stopped: false)])
        #expect(lifecycle.phase == .ending)
        #expect(lifecycle.handle(.settled) == [])
        #expect(lifecycle.phase == .idle)
    }

    @Test func stopSendsTheSignalThenKillsThenGivesUp() {
        var lifecycle = running()
        #expect(
            lifecycle.handle(.stop(term)) == [.cancel(.giveUp), .send(15), .schedule(.grace, after: 10 * second)])
        #expect(
            lifecycle.handle(.timer(.grace)) == [.killAll, .schedule(.giveUp, after: ContainerLifecycle.patience)])
        #expect(lifecycle.handle(.timer(.giveUp)) == [.tell(.stuck)])
    }

    @Test func aStopWithoutEndNeverKills() {
        var lifecycle = running()
        #expect(lifecycle.handle(.stop(.init(signal: 2, grace: nil))) == [.cancel(.giveUp), .send(2)])
    }

    @Test func aStoppedContainerIsNotRestartedByItsPolicy() {
        var lifecycle = running(.always)
        _ = lifecycle.handle(.stop(term))
        let actions = lifecycle.handle(.ended(code: 143, at: second))
        #expect(actions.last == .settle(code: 143, restarts: false, stopped: true))
        #expect(lifecycle.handle(.settled) == [])
        #expect(lifecycle.phase == .idle)
    }

    @Test func thePolicyRestartsAfterADelay() {
        var lifecycle = running(.always)
        let actions = lifecycle.handle(.ended(code: 0, at: second))
        #expect(actions.last == .settle(code: 0, restarts: true, stopped: false))
        #expect(lifecycle.handle(.settled) == [.schedule(.backoff, after: 0)])
        #expect(lifecycle.handle(.timer(.backoff)) == [.launch])
        #expect(lifecycle.backoff.restarts == 1)
    }

    @Test func aStopWhileWaitingForTheRestartCancelsIt() {
        var lifecycle = running(.always)
        _ = lifecycle.handle(.ended(code: 0, at: second))
        _ = lifecycle.handle(.settled)
        #expect(lifecycle.handle(.stop(term)) == [.cancel(.backoff), .restartCancelled])
        #expect(lifecycle.phase == .ending)
        #expect(lifecycle.handle(.settled) == [])
        #expect(lifecycle.phase == .idle)
    }

    @Test func aStopWhileEndingCancelsTheAnnouncedRestart() {
        var lifecycle = running(.always)
        _ = lifecycle.handle(.ended(code: 0, at: second))
        #expect(lifecycle.handle(.stop(term)) == [])
        #expect(lifecycle.handle(.settled) == [.restartCancelled])
    }

    @Test func aStartWaitsUntilTheCancelledRestartIsRecorded() {
        var lifecycle = running(.always)
        _ = lifecycle.handle(.ended(code: 0, at: second))
        _ = lifecycle.handle(.settled)
        _ = lifecycle.handle(.stop(term))
        #expect(lifecycle.handle(.start) == [])
        #expect(lifecycle.handle(.settled) == [.tell(.runEnded), .launch])
    }

    @Test func aStopDuringTheStartTakesEffectAfterwards() {
        var lifecycle = ContainerLifecycle(RestartBackoff(policy: .always))
        _ = lifecycle.handle(.start)
        #expect(lifecycle.handle(.stop(term)) == [])
        #expect(lifecycle.handle(.launched(at: 0)).contains(.send(15)))
    }

    @Test func restartStopsAndStartsAgain() {
        var lifecycle = running()
        #expect(lifecycle.handle(.restart(term)).contains(.send(15)))
        _ = lifecycle.handle(.ended(code: 0, at: second))
        #expect(lifecycle.handle(.settled) == [.tell(.runEnded), .launch])
    }

    @Test func aStartWhileStoppingStartsAgain() {
        var lifecycle = running()
        _ = lifecycle.handle(.stop(term))
        #expect(lifecycle.handle(.start) == [])
        _ = lifecycle.handle(.ended(code: 0, at: second))
        #expect(lifecycle.handle(.settled) == [.tell(.runEnded), .launch])
    }

    @Test func aFrozenContainerIsThawedToBeStopped() {
        var lifecycle = running()
        #expect(lifecycle.handle(.pause) == [.freeze])
        #expect(lifecycle.handle(.stop(term)).first == .thaw)
    }

    @Test func killSuppressesTheRestartAndOtherSignalsDoNot() {
        var lifecycle = running(.always)
        #expect(lifecycle.handle(.kill(signal: 1, stopSignal: 15)) == [.send(1)])
        #expect(!lifecycle.isStopping)
        #expect(lifecycle.handle(.kill(signal: 9, stopSignal: 15)).first == .killAll)
        #expect(lifecycle.isStopping)
    }

    @Test func aSignalThatIsIgnoredDoesNotHoldUpAStart() {
        var lifecycle = running(.always)
        #expect(lifecycle.handle(.kill(signal: 15, stopSignal: 15)) == [.send(15)])
        #expect(lifecycle.endsForGood)
        #expect(lifecycle.handle(.start) == [.tell(.runs)])
        #expect(
            lifecycle.handle(.ended(code: 143, at: second)).last == .settle(code: 143, restarts: false, stopped: true))
    }

    @Test func aKillAlsoEndsWhatIsToBeStartedAgain() {
        var lifecycle = running(.always)
        _ = lifecycle.handle(.ended(code: 1, at: second))
        #expect(lifecycle.handle(.kill(signal: 9, stopSignal: 15)) == [])
        #expect(lifecycle.handle(.settled) == [.restartCancelled])
        lifecycle = running(.always)
        _ = lifecycle.handle(.ended(code: 1, at: second))
        _ = lifecycle.handle(.settled)
        #expect(lifecycle.handle(.kill(signal: 9, stopSignal: 15)) == [.cancel(.backoff), .restartCancelled])
    }

    @Test func anAdoptedContainerThatWasToEndIsNotRestarted() {
        var lifecycle = ContainerLifecycle(
            adopted: RestartBackoff(policy: .always), startedAt: 0, paused: false, isDismissed: true)
        #expect(
            lifecycle.handle(.ended(code: 137, at: second)).last == .settle(code: 137, restarts: false, stopped: true))
    }

    @Test func aFailedLaunchRests() {
        var lifecycle = ContainerLifecycle(RestartBackoff(policy: .always))
        _ = lifecycle.handle(.start)
        #expect(lifecycle.handle(.launchFailed) == [.tell(.launchFailed)])
        #expect(lifecycle.phase == .idle)
    }
}
