import CLinux
import Glibc
import LinuxSystem
import Supervisor
import Synchronization

/// Forks as a supervisor does, from a thread that has used a lock, and has two threads of the child meet at one.
enum LockAfterFork {
    /// First argument of such a process.
    static let command = "__lock-after-fork"
    /// Nanoseconds.
    private static let patience: Int64 = 10_000_000_000

    /// - Returns: the exit status, 0 when the second thread got the lock after the first.
    static func run() -> Int32 {
        let used = Mutex(0)
        used.withLock { $0 += 1 }
        let child = clinux_fork()
        if child == 0 { _exit(onFreshThread(meet)) }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }

    private final class Place: Sendable {
        let lock = Mutex(0)
        /// The second thread is about to take the lock.
        let hasCome = Atomic(false)
        let done = Semaphore()
    }

    private static func meet() -> Int32 {
        let place = Place()
        let waits = place.lock.withLock { _ in
            let started: Void? = try? startThread(name: "second") {
                place.hasCome.store(true, ordering: .releasing)
                place.lock.withLock { $0 += 1 }
                place.done.signal()
            }
            return started != nil && isAsleep(place)
        }
        return waits && place.done.wait(until: monotonicNanoseconds() + patience) ? 0 : 1
    }

    /// Waits until the second thread does, which then can only be at the lock.
    private static func isAsleep(_ place: Place) -> Bool {
        var asleep = false
        Polling.wait(
            every: 1_000_000, deadline: monotonicNanoseconds() + patience,
            because: "nobody tells when another thread waits at a lock"
        ) {
            let threads = (try? Files.list("/proc/self/task")) ?? []
            asleep =
                place.hasCome.load(ordering: .acquiring)
                && threads.contains { (Files.text("/proc/self/task/\($0)/stat") ?? "").contains("(second) S ") }
            return asleep
        }
        return asleep
    }
}
