internal import CLinux
internal import Cgroups
public import ContainerModel
internal import Glibc
public import LinuxSystem
internal import Primitives
internal import SystemPackage

/// The plan of a process that enters a running container.
///
/// An intermediate carries it out, outside of the container's pid namespace: it joins the other namespaces, lets go of
/// what is the host's and gives up its rights. Only then is the process born that the container's own can see.
struct ExecPlanner {
    let process: ProcessSpec
    let spec: ContainerSpec
    /// The container's process 1.
    let target: ProcessIdentity
    let environment: RuntimeEnvironment
    let descriptors: LaunchDescriptors
    let user: UserIdentity
    let isPrivileged: Bool

    func make(tag: String) throws(RuntimeError) -> LaunchPlan {
        var plan = LaunchPlan(tag: tag, containerName: spec.name, recordsExit: false)
        // A privileged exec gets all capabilities; the container's filter stays.
        let capabilities = try CapabilitySet.combining(
            added: process.capabilitiesAdded, dropped: process.capabilitiesDropped,
            privileged: isPrivileged || spec.privileged, available: environment.capabilities)
        let streams = ProcessTail.bringStreams(for: process, descriptors: descriptors, to: &plan)
        let container = plan.bring(.pidfd(target), name: "the container")
        plan.pidNamespace = container
        let group = try ContainerRuntime.cgroup(of: spec, environment: environment)
        if let directory = group.unifiedPath {
            plan.cgroupDirectory = plan.bring(.cgroup(directory), name: directory)
        }
        let cgroups = group.membershipFilesV1.map { plan.bring(.cgroup($0), name: $0) }

        plan.add(.process(.resetSignals), "reset signals")
        plan.add(.rights(.notDumpable), "protect the launcher")
        ProcessTail.addLastProgram(of: process, to: &plan)
        plan.add(.process(.newSession), "make a session")
        for slot in cgroups { plan.add(.file(.writeSlot(slot, text: "0")), "join cgroup \(slot.name)") }
        try ProcessTail.addLimits(
            of: process, containerID: spec.id, isPrivileged: spec.privileged, environment: environment, to: &plan)
        let namespaces =
            Namespace.mount | Namespace.network | Namespace.ipc | Namespace.uts | Namespace.cgroup
        plan.add(.namespace(.join(container, flags: namespaces)), "enter the container")
        var tail = ProcessTail(process: process, user: user, capabilities: capabilities)
        if process.terminal {
            tail.terminal = plan.newSlot("terminal")
            plan.add(
                .process(
                    .terminal(
                        tail.terminal, devpts: .none, sendTo: streams.console, size: descriptors.terminalSize,
                        owner: user.uid)), "make a terminal")
        }
        tail.streams = streams
        tail.isPrivileged = spec.privileged
        try tail.add(to: &plan, hostname: spec.hostname)
        return plan
    }
}

extension ContainerRuntime {
    /// What entering a container will do. Reads the container's passwd and group files.
    public static func execPlan(
        _ process: ProcessSpec, in spec: ContainerSpec, target: ProcessIdentity, tag: String,
        environment: RuntimeEnvironment, descriptors: LaunchDescriptors, privileged: Bool = false
    ) throws(RuntimeError) -> LaunchPlan {
        try RuntimeError.explaining(spec.name) {
            let user = try UserFiles.identity(
                of: process.user, additional: process.additionalGroups, in: target)
            return try ExecPlanner(
                process: process, spec: spec, target: target, environment: environment, descriptors: descriptors,
                user: user, isPrivileged: privileged
            ).make(tag: tag)
        }
    }

    /// Starts a process in a running container as a child of the keeper (health checks, hooks); its end is reported
    /// under `tag`, but not recorded in the exit log.
    ///
    /// - Parameters:
    ///   - target: the container's process 1.
    ///   - deadline: monotonic nanoseconds. If the program does not run by then, the launch is killed and it throws.
    public static func exec(
        _ process: ProcessSpec, in spec: ContainerSpec, target: ProcessIdentity, tag: String, keeper: Keeper,
        environment: RuntimeEnvironment, descriptors: LaunchDescriptors, deadline: Int64, privileged: Bool = false
    ) throws(RuntimeError) -> LaunchedProcess {
        let plan = try execPlan(
            process, in: spec, target: target, tag: tag, environment: environment, descriptors: descriptors,
            privileged: privileged)
        try prepare(for: plan, environment)
        return try keeper.launch(plan, descriptors: descriptors, deadline: deadline)
    }
}

/// Starts a process in a running container as a child of the calling process, without any supervisor.
///
/// Wait for it with ``LaunchedProcess/wait()``. Blocks until the program was executed; any thread.
public func execInContainer(
    _ process: ProcessSpec, in spec: ContainerSpec, target: ProcessIdentity, environment: RuntimeEnvironment,
    descriptors: LaunchDescriptors, privileged: Bool = false
) throws(RuntimeError) -> LaunchedProcess {
    let plan = try ContainerRuntime.execPlan(
        process, in: spec, target: target, tag: "exec", environment: environment, descriptors: descriptors,
        privileged: privileged)
    try ContainerRuntime.prepare(for: plan, environment)
    return try OwnChild.launch(plan, descriptors)
}

extension LaunchedProcess {
    /// Waits for a process that is a child of this one, as after `execInContainer`, and reaps it.
    public borrowing func wait() throws(RuntimeError) -> ExitStatus {
        var information = siginfo_t()
        do throws(Errno) {
            try systemCall { waitid(P_PIDFD, id_t(pidfd.raw), &information, WEXITED) }
        } catch {
            throw RuntimeError(.gone, step: "wait for process \(identity.pid)", cause: error)
        }
        let status = information._sifields._sigchld.si_status
        switch information.si_code {
        case Int32(CLD_EXITED): return .exited(status)
        case Int32(CLD_DUMPED): return .signaled(status, coreDumped: true)
        default: return .signaled(status, coreDumped: false)
        }
    }
}
