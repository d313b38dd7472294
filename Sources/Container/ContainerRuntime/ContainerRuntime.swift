public import ContainerSpec

/// Runs containers with the kernel's own means. All functions block, may be called from any thread and keep no state.
public enum ContainerRuntime {
    /// What starting `spec` will do. Reads the image's passwd and group files, changes nothing.
    public static func plan(
        for spec: ContainerSpec, environment: RuntimeEnvironment, descriptors: LaunchDescriptors = LaunchDescriptors()
    ) throws(RuntimeError) -> LaunchPlan { throw RuntimeError(.unsupported, step: "plan") }

    /// Makes the container's cgroup with its limits and starts its process 1 as a child of the keeper; returns when the
    /// program was executed. After an error nothing is left behind.
    public static func start(
        _ spec: ContainerSpec, keeper: Keeper, environment: RuntimeEnvironment, descriptors: LaunchDescriptors
    ) throws(RuntimeError) -> LaunchedProcess { throw RuntimeError(.unsupported, step: "start") }

    /// Starts a process in a running container as a child of the keeper (health checks, hooks); its end is reported
    /// under `tag`. `target` is the container's process 1.
    public static func exec(
        _ process: ProcessSpec, in spec: ContainerSpec, target: ProcessIdentity, tag: String, keeper: Keeper,
        environment: RuntimeEnvironment, descriptors: LaunchDescriptors, privileged: Bool = false
    ) throws(RuntimeError) -> LaunchedProcess { throw RuntimeError(.unsupported, step: "exec") }

    /// Removes what a container leaves in the kernel: kills what still runs in its cgroup and removes that. Idempotent.
    public static func removeRemains(
        of spec: ContainerSpec, environment: RuntimeEnvironment
    ) throws(RuntimeError) { throw RuntimeError(.unsupported, step: "exec") }
}

/// Starts a process in a running container as a child of the calling process, without any supervisor.
///
/// Wait for it with ``LaunchedProcess/wait()``.
public func execInContainer(
    _ process: ProcessSpec, in spec: ContainerSpec, target: ProcessIdentity, environment: RuntimeEnvironment,
    descriptors: LaunchDescriptors, privileged: Bool = false
) throws(RuntimeError) -> LaunchedProcess { throw RuntimeError(.unsupported, step: "exec") }

extension LaunchedProcess {
    /// Waits for a process that is a child of this one (``execInContainer(_:in:target:environment:descriptors:privileged:)``)
    /// and reaps it.
    public borrowing func wait() throws(RuntimeError) -> ExitStatus { throw RuntimeError(.unsupported, step: "wait") }
}
