internal import CLaunch
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Starting a plan's child from this process.
enum OwnChild {
    /// Returns when the program was executed; within ``ContainerRuntime/patience``.
    static func launch(_ plan: LaunchPlan, _ descriptors: LaunchDescriptors) throws(RuntimeError) -> LaunchedProcess {
        let deadline = monotonicNanoseconds() + ContainerRuntime.patience
        return try PlanLauncher(plan: plan, descriptors: descriptors).run(until: deadline) {
            block, numbers throws(RuntimeError) in
            try start(block, descriptors: numbers, container: plan.containerName)
        }
    }

    /// Blocks only for the clone; any thread.
    private static func start(
        _ block: [UInt8], descriptors: [Int32], container: String
    ) throws(RuntimeError) -> StartedChild {
        // Copied, since the child turns offsets into pointers where they lie; aligned for 64-bit values.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: block.count, alignment: 16)
        defer { memory.deallocate() }
        memory.copyMemory(from: block, byteCount: block.count)
        let plan = UnsafePointer(memory.assumingMemoryBound(to: claunch_plan.self))
        do throws(Errno) {
            var ends: [Int32] = [-1, -1]
            try systemCall { claunch_open_births(&ends) }
            let births = Descriptor(owning: ends[0]), telling = Descriptor(owning: ends[1])
            var child = claunch_child()
            let error = claunch_start(plan, descriptors, UInt32(descriptors.count), telling.raw, &child)
            guard error == 0 else { throw Errno(rawValue: error) }
            let process = ClonedProcess(
                pid: child.pid, startTicks: child.start_ticks, pidfd: Descriptor(owning: child.pidfd))
            guard plan.pointee.pid_namespace_slot >= 0 else {
                return StartedChild(process: process, birth: nil, isOwn: true)
            }
            return StartedChild(
                process: process, birth: StartedChild.Birth(socket: births, isKeepers: false), isOwn: true)
        } catch {
            throw RuntimeError(.system, container: container, step: "start a process", cause: error)
        }
    }
}
