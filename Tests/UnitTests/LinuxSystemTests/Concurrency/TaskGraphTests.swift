import LinuxSystem
import Synchronization
import Testing

struct TaskGraphTests {
    @Test func aTaskComesAfterAllThatItDependsOn() throws {
        let order = Mutex<[Int]>([])
        try TaskGraph.run(dependencies: [[], [0], [0], [1, 2], [3, 3]], limit: 4) { task in
            order.withLock { $0.append(task) }
        }
        let done = order.withLock { $0 }
        #expect(done.sorted() == [0, 1, 2, 3, 4])
        #expect(done.first == 0)
        #expect(done.suffix(2) == [3, 4])
    }

    @Test func notMoreThanTheLimitRunAtOnce() throws {
        let running = Mutex((now: 0, most: 0))
        try TaskGraph.run(dependencies: (0..<50).map { _ in [] }, limit: 3) { _ in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            running.withLock { $0.now -= 1 }
        }
        #expect(running.withLock { $0.most } <= 3)
        #expect(running.withLock { $0.now } == 0)
    }

    @Test func independentTasksRunBesideEachOther() throws {
        let (first, second) = (Semaphore(), Semaphore())
        let met = Mutex(0)
        // Each waits for the other: one after the other they would never meet.
        try TaskGraph.run(dependencies: [[], []], limit: 2) { task in
            (task == 0 ? first : second).signal()
            if (task == 0 ? second : first).wait(until: patience()) { met.withLock { $0 += 1 } }
        }
        #expect(met.withLock { $0 } == 2)
    }

    @Test func nothingToDoIsDoneAtOnce() throws {
        try TaskGraph.run(dependencies: [], limit: 1) { _ in Issue.record("there is no task") }
    }
}
