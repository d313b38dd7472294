internal import CLaunch
internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Descriptors that a launch opened for its plan; closed together.
final class LaunchResources {
    private var opened: [Int32] = []

    func own(_ descriptor: consuming Descriptor) -> Int32 {
        let raw = descriptor.take()
        opened.append(raw)
        return raw
    }

    func closeAll() {
        for raw in opened { close(raw) }
        opened = []
    }

    deinit { closeAll() }
}

/// Carries a plan out: brings descriptors along, starts the child by the keeper or from here, waits for its program.
struct PlanLauncher {
    /// Starts the child with the plan's block and descriptors.
    typealias Start = (_ block: [UInt8], _ descriptors: [Int32]) throws(RuntimeError) -> StartedChild

    let plan: LaunchPlan
    let descriptors: LaunchDescriptors

    /// - Parameter deadline: monotonic nanoseconds; a launch that takes longer is killed.
    func run(until deadline: Int64, _ start: Start) throws(RuntimeError) -> LaunchedProcess {
        let resources = LaunchResources()
        let pipe: Pipe
        do throws(Errno) {
            pipe = try Descriptor.pipe()
        } catch {
            throw failure("start a process", error)
        }
        let failures = pipe.read
        var console: Descriptor?
        let numbers = try gather(into: resources, failures: resources.own(pipe.write), console: &console)
        let child = try start(plan.encode(), numbers)
        // The child has its own copies now; without ours the pipe ends when its program starts.
        resources.closeAll()
        let program = try watch(LaunchProgress(child, failures: failures), until: deadline)
        var terminal: Descriptor?
        if let console { terminal = try receiveTerminal(from: console) }
        let identity = ProcessIdentity(pid: program.pid, startTicks: program.startTicks)
        return LaunchedProcess(identity: identity, pidfd: program.takePidfd(), terminal: terminal)
    }

    /// Opens what the plan brings along; in the order of its slots.
    private func gather(
        into resources: LaunchResources, failures: Int32, console: inout Descriptor?
    ) throws(RuntimeError) -> [Int32] {
        var numbers: [Int32] = []
        for (outside, slot) in plan.outside {
            do throws(Errno) {
                switch outside {
                case .failurePipe: numbers.append(failures)
                case .consoleSocket:
                    let pair = try Descriptor.unixSocketPair(.packets)
                    let ours = pair.one
                    console = consume ours
                    numbers.append(resources.own(pair.other))
                case .stream(let number):
                    let given = [descriptors.standardInput, descriptors.standardOutput, descriptors.standardError]
                    guard let fd = given[number] else { throw .badFileDescriptor }
                    numbers.append(fd)
                case .networkNamespace:
                    guard let fd = descriptors.networkNamespace else { throw .badFileDescriptor }
                    numbers.append(fd)
                case .container(let id):
                    guard let identity = descriptors.containers[id] else { throw .noSuchProcess }
                    numbers.append(resources.own(try identity.openPidfd()))
                case .pidfd(let identity): numbers.append(resources.own(try identity.openPidfd()))
                case .cgroup(let path):
                    let isDirectory = !path.hasSuffix("/cgroup.procs")
                    numbers.append(
                        resources.own(try Descriptor.open(path, isDirectory ? O_RDONLY | O_DIRECTORY : O_WRONLY)))
                case .ownMountNamespace:
                    numbers.append(resources.own(try Descriptor.open("/proc/self/ns/mnt", O_RDONLY)))
                }
            } catch {
                throw failure("use \(slot.name)", error)
            }
        }
        return numbers
    }

    /// Waits until the program runs; after an error nothing of the launch does.
    private func watch(
        _ launch: consuming LaunchProgress, until deadline: Int64
    ) throws(RuntimeError) -> ClonedProcess {
        let said: [UInt8]?
        do throws(Errno) {
            said = try launch.wait(until: deadline)
        } catch {
            launch.end(hasFailed: false)
            throw failure("start a process", error)
        }
        guard let said else {
            launch.end(hasFailed: false)
            throw RuntimeError(
                .timedOut, container: plan.containerName, step: "start a process",
                reason: "it took too long and was killed")
        }
        guard said.isEmpty else {
            launch.end(hasFailed: true)
            throw reported(said)
        }
        do throws(Errno) {
            return try launch.takeProgram(until: deadline)
        } catch {
            throw failure("start a process", error)
        }
    }

    private func reported(_ bytes: [UInt8]) -> RuntimeError {
        guard bytes.count == MemoryLayout<claunch_failure>.size else { return failure("start a process", .ioError) }
        let report = bytes.withUnsafeBytes { $0.loadUnaligned(as: claunch_failure.self) }
        guard plan.steps.indices.contains(Int(report.operation)) else {
            // The one clone of an intermediate, which already counts itself.
            guard report.error == EAGAIN else { return failure("start a process", Errno(rawValue: report.error)) }
            return RuntimeError(
                .system, container: plan.containerName, step: "start a process", cause: .resourceTemporarilyUnavailable,
                reason: "there is no room for two more within its limit of processes")
        }
        return explain(plan.steps[Int(report.operation)], Errno(rawValue: report.error))
    }

    private func explain(_ step: LaunchStep, _ cause: Errno) -> RuntimeError {
        switch step.operation {
        case .process(.execute(_, let arguments, _)):
            let program = arguments.first ?? ""
            let isNotFound = cause == .noSuchFileOrDirectory || cause == .notDirectory
            let searched = isNotFound && !program.contains("/")
            let why = searched ? "executable file not found in $PATH" : cause.reason
            return RuntimeError(
                isNotFound ? .programNotFound : .programNotExecutable, container: plan.containerName,
                step: "exec: \"\(program)\": \(why)", cause: cause)
        case .rights(.limit(let resource, _, _, _)) where cause == .notPermitted:
            var own = rlimit()
            getrlimit(.init(resource), &own)
            return RuntimeError(
                .unsupported, container: plan.containerName, step: step.purpose, cause: cause,
                reason: "compose itself may have at most \(own.rlim_max)")
        case .mount(.attach) where cause == .notPermitted:
            return RuntimeError(
                .invalid, container: plan.containerName, step: step.purpose, cause: cause,
                reason: "a link in the image leads into /proc")
        case .file(.workingDirectory) where cause.rawValue == EXDEV:
            return RuntimeError(
                .invalid, container: plan.containerName, step: step.purpose, cause: cause,
                reason: "it is outside of the container")
        default: return failure(step.purpose, cause)
        }
    }

    private func failure(_ step: String, _ cause: Errno) -> RuntimeError {
        RuntimeError(
            cause == .noSuchProcess ? .gone : .system, container: plan.containerName, step: step, cause: cause)
    }

    private func receiveTerminal(from socket: borrowing Descriptor) throws(RuntimeError) -> Descriptor {
        var byte: UInt8 = 0
        var fd: Int32 = -1
        var count: Int32 = 1
        guard clinux_receive_descriptors(socket.raw, &byte, 1, &fd, &count, 0) == 1, count == 1 else {
            throw RuntimeError(
                .system, container: plan.containerName, step: "receive the terminal", cause: Errno(rawValue: errno))
        }
        return Descriptor(owning: fd)
    }
}
