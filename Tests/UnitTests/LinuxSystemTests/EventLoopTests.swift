import Glibc
import SystemPackage
import Testing

@testable import LinuxSystem

struct EventLoopTests {
    /// The end of both pipes is there before the loop looks: one batch has the events of both.
    @Test func aHandlerDoesNotGetTheEventOfADescriptorThatHadItsNumberBefore() throws {
        let loop = try EventLoop()
        let calls = Calls<String>()
        try LoopActor.sync {
            let pipes = [try Ends(), try Ends()]
            for (index, pipe) in pipes.enumerated() {
                let other = pipes[1 - index]
                try loop.add(pipe.reading, .readable) { _ in
                    calls.add("first")
                    loop.remove(pipe.reading)
                    // The other number gets a handler of its own although the old event is already in hand.
                    loop.remove(other.reading)
                    other.reopen()
                    try? loop.add(other.reading, .readable) { _ in calls.add("stale") }
                    loop.submit { loop.stop() }
                }
                pipe.closeWriting()
            }
        }
        loop.run()
        #expect(calls.all == ["first"])
    }

    @Test func aRemovedHandlerIsNotCalledInTheSameBatch() throws {
        let loop = try EventLoop()
        let calls = Calls<Int>()
        try LoopActor.sync {
            let pipes = [try Ends(), try Ends()]
            for (index, pipe) in pipes.enumerated() {
                let other = pipes[1 - index]
                try loop.add(pipe.reading, .readable) { _ in
                    calls.add(index)
                    loop.remove(pipe.reading)
                    loop.remove(other.reading)
                    loop.submit { loop.stop() }
                }
                pipe.closeWriting()
            }
        }
        loop.run()
        #expect(calls.all.count == 1)
    }

    @Test func changingADescriptorThatIsNotRegisteredFails() throws {
        let loop = try EventLoop()
        try LoopActor.sync {
            let pipe = try Ends()
            #expect(throws: Errno.noSuchFileOrDirectory) { try loop.change(pipe.reading, .readable) }
            try loop.add(pipe.reading, .readable) { _ in }
            try loop.change(pipe.reading, [])
            loop.remove(pipe.reading)
            #expect(throws: Errno.noSuchFileOrDirectory) { try loop.change(pipe.reading, .readable) }
        }
    }

    @Test func timersFireInTheOrderOfTheirDeadlines() throws {
        let loop = try EventLoop()
        let fired = Calls<Int>()
        LoopActor.sync {
            for number in [3, 1, 2, 0] {
                loop.after(nanoseconds: Int64(number) * 1_000_000) {
                    fired.add(number)
                    if number == 3 { loop.stop() }
                }
            }
        }
        loop.run()
        #expect(fired.all == [0, 1, 2, 3])
    }

    @Test func aTimerCanCancelOneThatIsDueToo() throws {
        let loop = try EventLoop()
        let fired = Calls<Int>()
        LoopActor.sync {
            loop.after(nanoseconds: 0) {
                fired.add(1)
                fired.cancel(on: loop)
            }
            fired.timer = loop.after(nanoseconds: 0) { fired.add(2) }
            loop.after(nanoseconds: 0) { loop.stop() }
        }
        loop.run()
        #expect(fired.all == [1])
    }

    @Test func jobsOfOtherThreadsWakeTheLoop() throws {
        let loop = try EventLoop()
        let ran = Calls<Int>()
        try startThread(name: "other") {
            loop.submit {
                ran.add(1)
                loop.stop()
            }
        }
        loop.run()
        #expect(ran.all == [1])
    }

    /// Without the wake-up it would wait for the far timer.
    @Test func aTimerOfAnotherThreadIsSeenByALoopThatWaits() throws {
        let loop = try EventLoop()
        let fired = Calls<Int>()
        LoopActor.sync {
            loop.after(nanoseconds: 3_600_000_000_000) { fired.add(1) }
            loop.after(nanoseconds: 0) {
                try? startThread(name: "other") {
                    LoopActor.sync {
                        _ = loop.after(nanoseconds: 0) {
                            fired.add(2)
                            loop.stop()
                        }
                    }
                }
            }
        }
        loop.run()
        #expect(fired.all == [2])
    }
}

struct LoopActorTests {
    private struct Failure: Error {}

    @Test func isolatedCodeMayEnterAgain() {
        let calls = Calls<Int>()
        LoopActor.sync {
            calls.add(1)
            LoopActor.sync { calls.add(2) }
            calls.add(3)
        }
        #expect(calls.all == [1, 2, 3])
    }

    @Test func anErrorLeavesTheIsolation() {
        #expect(throws: Failure.self) { try LoopActor.sync { () throws(Failure) in throw Failure() } }
        #expect(LoopActor.sync { 7 } == 7)
    }

    /// Each thread finds the number as it left it, whatever the others do between.
    @Test func threadsTakeTurns() throws {
        let calls = Calls<Int>()
        let ended = Semaphore()
        for _ in 0..<4 {
            try startThread(name: "turns") {
                for _ in 0..<1000 {
                    LoopActor.sync {
                        let before = calls.number
                        calls.number = before + 1
                    }
                }
                ended.signal()
            }
        }
        for _ in 0..<4 { ended.wait() }
        #expect(LoopActor.sync { calls.number } == 4000)
    }
}

/// What handlers did.
@LoopActor
private final class Calls<Call: Sendable> {
    private var list: [Call] = []
    var number = 0
    var timer: EventLoop.Timer?

    nonisolated init() {}

    nonisolated var all: [Call] { LoopActor.sync { list } }

    func add(_ call: Call) { list.append(call) }

    func cancel(on loop: EventLoop) { loop.cancel(timer) }
}

/// A pipe whose reading end can be made anew under its number.
@LoopActor
private final class Ends {
    let reading: Int32
    private var writing: Descriptor?

    init() throws {
        let pipe = try Descriptor.pipe()
        reading = pipe.read.take()
        writing = Descriptor(owning: pipe.write.take())
    }

    func closeWriting() { writing = nil }

    /// Under the same number as before, with nothing to read.
    func reopen() {
        guard let pipe = try? Descriptor.pipe() else { return }
        dup2(pipe.read.raw, reading)
        writing = Descriptor(owning: pipe.write.take())
    }

    deinit { close(reading) }
}
