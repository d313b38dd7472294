import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import LinuxSystem

struct EventLoopTests {
    /// The end of both pipes is there before the loop looks: one batch has the events of both.
    @Test func aHandlerDoesNotGetTheEventOfADescriptorThatHadItsNumberBefore() throws {
        let loop = try EventLoop()
        let pipes = [try Ends(), try Ends()]
        let calls = Mutex<[String]>([])
        for (index, pipe) in pipes.enumerated() {
            let other = pipes[1 - index]
            try loop.add(pipe.reading, .readable) { _ in
                calls.withLock { $0.append("first") }
                loop.remove(pipe.reading)
                // The other number gets a handler of its own although the old event is already in hand.
                loop.remove(other.reading)
                other.reopen()
                try? loop.add(other.reading, .readable) { _ in calls.withLock { $0.append("stale") } }
                loop.submit { loop.stop() }
            }
            pipe.closeWriting()
        }
        loop.run()
        #expect(calls.withLock { $0 } == ["first"])
    }

    @Test func aRemovedHandlerIsNotCalledInTheSameBatch() throws {
        let loop = try EventLoop()
        let pipes = [try Ends(), try Ends()]
        let calls = Mutex(0)
        for (index, pipe) in pipes.enumerated() {
            let other = pipes[1 - index]
            try loop.add(pipe.reading, .readable) { _ in
                calls.withLock { $0 += 1 }
                loop.remove(pipe.reading)
                loop.remove(other.reading)
                loop.submit { loop.stop() }
            }
            pipe.closeWriting()
        }
        loop.run()
        #expect(calls.withLock { $0 } == 1)
    }

    @Test func changingADescriptorThatIsNotRegisteredFails() throws {
        let loop = try EventLoop()
        let pipe = try Ends()
        #expect(throws: Errno.noSuchFileOrDirectory) { try loop.change(pipe.reading, .readable) }
        try loop.add(pipe.reading, .readable) { _ in }
        try loop.change(pipe.reading, [])
        loop.remove(pipe.reading)
        #expect(throws: Errno.noSuchFileOrDirectory) { try loop.change(pipe.reading, .readable) }
    }

    @Test func timersFireInTheOrderOfTheirDeadlines() throws {
        let loop = try EventLoop()
        let fired = Mutex<[Int]>([])
        for number in [3, 1, 2, 0] {
            loop.after(nanoseconds: Int64(number) * 1_000_000) {
                fired.withLock { $0.append(number) }
                if number == 3 { loop.stop() }
            }
        }
        loop.run()
        #expect(fired.withLock { $0 } == [0, 1, 2, 3])
    }

    @Test func aTimerCanCancelOneThatIsDueToo() throws {
        let loop = try EventLoop()
        let fired = Mutex<[Int]>([])
        let second = Mutex(0)
        loop.after(nanoseconds: 0) {
            fired.withLock { $0.append(1) }
            loop.cancelTimer(second.withLock { $0 })
        }
        let token = loop.after(nanoseconds: 0) { fired.withLock { $0.append(2) } }
        second.withLock { $0 = token }
        loop.after(nanoseconds: 0) { loop.stop() }
        loop.run()
        #expect(fired.withLock { $0 } == [1])
    }

    @Test func jobsOfOtherThreadsWakeTheLoop() throws {
        let loop = try EventLoop()
        let ran = Mutex(false)
        try startThread(name: "other") {
            loop.submit {
                ran.withLock { $0 = true }
                loop.stop()
            }
        }
        loop.run()
        #expect(ran.withLock { $0 })
    }
}

/// A pipe whose reading end can be made anew under its number.
private final class Ends: Sendable {
    let reading: Int32
    private let writing: Mutex<Int32>

    init() throws {
        let pipe = try Descriptor.pipe()
        reading = pipe.read.take()
        writing = Mutex(pipe.write.take())
    }

    func closeWriting() {
        _ = Descriptor(
            owning: writing.withLock { raw in
                defer { raw = -1 }
                return raw
            })
    }

    /// Under the same number as before, with nothing to read.
    func reopen() {
        guard let pipe = try? Descriptor.pipe() else { return }
        dup2(pipe.read.raw, reading)
        let raw = pipe.write.take()
        writing.withLock { $0 = raw }
    }

    deinit {
        _ = Descriptor(owning: reading)
        closeWriting()
    }
}
