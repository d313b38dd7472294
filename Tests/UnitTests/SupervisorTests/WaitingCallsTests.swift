import EngineModel
import Testing

@testable import Supervisor

/// A container whose starts, stops and ends come in any order, without a container: who waits gets an answer.
struct WaitingCallsTests {
    @Test func noOrderOfEventsLeavesACallBehind() {
        for policy in [RestartPolicy.no, .always] {
            var seen: Set<Scene> = []
            var border = [Scene(policy: policy)]
            for _ in 0..<7 {
                var next: [Scene] = []
                for scene in border {
                    for move in scene.moves {
                        var after = scene
                        after.make(move)
                        if !seen.insert(after).inserted { continue }
                        #expect(
                            !after.isAtRest || after.waiting.isEmpty,
                            "\(after.history): a call waits although the container rests")
                        var settled = after
                        settled.goOnAlone()
                        #expect(
                            settled.waiting.subtracting([.resting]).isEmpty,
                            "\(after.history): \(settled.waiting) is never answered")
                        next.append(after)
                    }
                }
                border = next
            }
            #expect(seen.count > 500)
        }
    }

    @Test func aStartThatAStopOvertookIsToldSo() {
        var scene = Scene(policy: .no)
        for move: Scene.Move in [.start, .launched, .restart, .ended, .stop] { scene.make(move) }
        #expect(scene.waiting == [.running(input: false), .ended])
        scene.make(.settled)
        #expect(scene.answers.suffix(2).sorted { "\($0)" < "\($1)" } == [.done, .overtaken])
    }

    @Test func aStopIsAnsweredWhenItsRunHasEndedAlsoIfAnotherOneBegins() {
        var scene = Scene(policy: .no)
        for move: Scene.Move in [.start, .launched, .stop, .start, .ended, .settled] { scene.make(move) }
        #expect(scene.answers.last == .done)
        #expect(scene.waiting == [.running(input: false)])
        scene.make(.launched)
        #expect(scene.waiting.isEmpty)
    }

    @Test func anEndThatCannotBeRecordedIsNeitherDoneNorForgotten() {
        var scene = Scene(policy: .no)
        for move: Scene.Move in [.start, .launched, .stop, .ended, .unrecorded] { scene.make(move) }
        #expect(scene.answers.last == .failed)
        #expect(!scene.isAtRest)
    }
}

/// A container's lifecycle, who waits for it, and what of its actions is still under way.
private struct Scene: Hashable {
    enum Move: Hashable, CaseIterable {
        case start, stop, stopForEver, restart, kill, terminate, hangUp, wait, pause, unpause
        case launched, launchFailed, ended, settled, unrecorded, cancelled, grace, giveUp, backoff
    }

    typealias Calls = WaitingCalls<Int>

    private var lifecycle: ContainerLifecycle
    private var calls: [Calls.Wish] = []
    private(set) var answers: [Calls.Outcome] = []
    private(set) var history: [Move] = []
    private var timers: Set<ContainerLifecycle.Timer> = []
    private var launches = 0
    private var settles = 0
    private var cancellations = 0
    /// A signal that ends it was sent to the present run.
    private var isSignalled = false

    init(policy: RestartPolicy) {
        lifecycle = ContainerLifecycle(RestartBackoff(policy: policy))
    }

    // Scenes are the same when the same can still happen in them.
    static func == (left: Scene, right: Scene) -> Bool { left.key == right.key }
    func hash(into hasher: inout Hasher) { hasher.combine(key) }
    private var key: [AnyHashable] {
        [lifecycle, Set(calls), timers, launches, settles, cancellations, isSignalled]
    }

    var waiting: Set<Calls.Wish> { Set(calls) }
    var isAtRest: Bool { lifecycle.phase == .idle && launches + settles + cancellations == 0 }
    private var runs: Bool { lifecycle.phase == .running || lifecycle.phase == .paused }

    /// What can happen now.
    var moves: [Move] {
        Move.allCases.filter { move in
            switch move {
            case .start, .stop, .stopForEver, .restart, .wait: true
            case .kill, .terminate: lifecycle.phase != .idle
            case .hangUp: runs
            case .pause: lifecycle.phase == .running
            case .unpause: lifecycle.phase == .paused
            case .launched, .launchFailed: launches > 0
            case .ended: runs
            case .settled, .unrecorded: settles > 0
            case .cancelled: cancellations > 0
            case .grace: timers.contains(.grace)
            case .giveUp: timers.contains(.giveUp)
            case .backoff: timers.contains(.backoff)
            }
        }
    }

    mutating func make(_ move: Move) {
        history.append(move)
        let order = ContainerLifecycle.StopOrder(signal: 15, grace: move == .stopForEver ? nil : 10)
        switch move {
        case .start: call(.running(input: false), .start)
        case .stop, .stopForEver: call(.ended, .stop(order))
        case .restart: call(.running(input: false), .restart(order))
        case .kill: call(.ended, .kill(signal: 9, stopSignal: 15))
        case .terminate: handle(.kill(signal: 15, stopSignal: 15))
        case .hangUp: handle(.kill(signal: 1, stopSignal: 15))
        case .wait: call(.resting, nil)
        case .pause: handle(.pause)
        case .unpause: handle(.unpause)
        case .launched:
            launches -= 1
            isSignalled = false
            handle(.launched(at: 0))
        case .launchFailed:
            launches -= 1
            handle(.launchFailed)
        case .ended: handle(.ended(code: 0, at: 1))
        case .settled:
            settles -= 1
            handle(.settled)
        case .unrecorded: tell(.unrecorded)
        case .cancelled:
            cancellations -= 1
            handle(.settled)
        case .grace: fire(.grace)
        case .giveUp: fire(.giveUp)
        case .backoff: fire(.backoff)
        }
    }

    /// Nobody calls any more: programs start, end when they are told to, and what is recorded is recorded.
    mutating func goOnAlone() {
        for _ in 0..<20 {
            if launches > 0 {
                make(.launched)
            } else if settles > 0 {
                make(.settled)
            } else if cancellations > 0 {
                make(.cancelled)
            } else if runs && isSignalled {
                make(.ended)
            } else if timers.contains(.grace) {
                make(.grace)
            } else {
                return
            }
        }
    }

    private mutating func call(_ wish: Calls.Wish, _ event: ContainerLifecycle.Event?) {
        calls.append(wish)
        if let event { handle(event) } else { tellIfAtRest() }
    }

    private mutating func fire(_ timer: ContainerLifecycle.Timer) {
        timers.remove(timer)
        handle(.timer(timer))
    }

    private mutating func handle(_ event: ContainerLifecycle.Event) {
        for action in lifecycle.handle(event) {
            switch action {
            case .launch: launches += 1
            case .send(let signal): isSignalled = isSignalled || signal != 1
            case .killAll: isSignalled = true
            case .freeze, .thaw: break
            case .schedule(let timer, _): timers.insert(timer)
            case .cancel(let timer): timers.remove(timer)
            case .settle: settles += 1
            case .restartCancelled: cancellations += 1
            case .tell(let occasion): tell(occasion)
            }
        }
        tellIfAtRest()
    }

    private mutating func tellIfAtRest() { if isAtRest { tell(.rests) } }

    private mutating func tell(_ occasion: CallOccasion) {
        var waiting = Calls()
        for (number, wish) in calls.enumerated() { waiting.add(number, until: wish) }
        let answered = waiting.take(on: occasion)
        answers += answered.map(\.outcome)
        let gone = Set(answered.map(\.call))
        calls = calls.indices.filter { !gone.contains($0) }.map { calls[$0] }
    }
}
