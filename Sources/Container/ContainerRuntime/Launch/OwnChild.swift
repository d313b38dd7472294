internal import CLaunch
internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// Starting a plan's child from this process.
enum OwnChild {
    private final class Result: Sendable {
        let value = Mutex<(error: Int32, pid: Int32, startTicks: UInt64, pidfd: Int32)?>(nil)
    }

    /// Joining a pid namespace marks the calling thread for good: a thread that ends afterwards does it.
    static func start(
        _ block: [UInt8], descriptors: [Int32], container: String
    ) throws(RuntimeError) -> StartedChild {
        let result = Result()
        do throws(Errno) {
            var ends: [Int32] = [0, 0]
            try systemCall { clinux_pipe2(&ends, O_CLOEXEC) }
            let finished = Descriptor(owning: ends[0])
            let done = ends[1]
            try startThread(name: "launch") {
                var child = claunch_child()
                // Copied, since the child turns offsets into pointers where they lie; aligned for 64-bit values.
                let memory = UnsafeMutableRawPointer.allocate(byteCount: block.count, alignment: 16)
                memory.copyMemory(from: block, byteCount: block.count)
                let plan = UnsafePointer(memory.assumingMemoryBound(to: claunch_plan.self))
                let error = claunch_start(plan, descriptors, UInt32(descriptors.count), -1, &child)
                memory.deallocate()
                result.value.withLock { $0 = (error, child.pid, child.start_ticks, child.pidfd) }
                close(done)
            }
            _ = try finished.read(upTo: 1)
            guard let answer = result.value.withLock({ $0 }) else { throw .canceled }
            guard answer.error == 0 else { throw Errno(rawValue: answer.error) }
            return StartedChild(
                pid: answer.pid, startTicks: answer.startTicks, pidfd: Descriptor(owning: answer.pidfd))
        } catch {
            throw RuntimeError(.system, container: container, step: "start a process", cause: error)
        }
    }
}
