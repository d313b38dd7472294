internal import CLaunch
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Starting a plan's child from this process.
enum OwnChild {
    /// Joining a pid namespace marks the calling thread for good: a thread that ends afterwards does it.
    static func start(
        _ block: [UInt8], descriptors: [Int32], container: String
    ) throws(RuntimeError) -> StartedChild {
        do throws(Errno) {
            return try NamespaceThread.run(name: "launch") { () throws(Errno) in
                var child = claunch_child()
                // Copied, since the child turns offsets into pointers where they lie; aligned for 64-bit values.
                let memory = UnsafeMutableRawPointer.allocate(byteCount: block.count, alignment: 16)
                defer { memory.deallocate() }
                memory.copyMemory(from: block, byteCount: block.count)
                let plan = UnsafePointer(memory.assumingMemoryBound(to: claunch_plan.self))
                let error = claunch_start(plan, descriptors, UInt32(descriptors.count), -1, &child)
                guard error == 0 else { throw Errno(rawValue: error) }
                return StartedChild(
                    pid: child.pid, startTicks: child.start_ticks, pidfd: Descriptor(owning: child.pidfd))
            }
        } catch {
            throw RuntimeError(.system, container: container, step: "start a process", cause: error)
        }
    }
}
