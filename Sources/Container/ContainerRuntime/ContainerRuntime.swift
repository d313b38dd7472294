internal import Cgroups
public import ContainerModel
internal import LinuxSystem
internal import Primitives

/// Runs containers with the kernel's own means. All functions block, may be called from any thread and keep no state.
public enum ContainerRuntime {
    /// Nanoseconds that a launch may take when nobody says otherwise: what mounts and opens may wait for a server.
    static let patience: Int64 = 60_000_000_000

    /// What starting `spec` will do. Reads the image's passwd and group files, changes nothing.
    public static func plan(
        for spec: ContainerSpec, environment: RuntimeEnvironment, descriptors: LaunchDescriptors = LaunchDescriptors()
    ) throws(RuntimeError) -> LaunchPlan {
        try RuntimeError.explaining(spec.name) {
            let user = try UserFiles.identity(
                of: spec.process.user, additional: spec.process.additionalGroups, in: spec.root)
            return try plan(for: spec, environment: environment, descriptors: descriptors, user: user)
        }
    }

    /// Pure.
    static func plan(
        for spec: ContainerSpec, environment: RuntimeEnvironment, descriptors: LaunchDescriptors, user: UserIdentity
    ) throws(RuntimeError) -> LaunchPlan {
        var planner = try ContainerPlanner(
            spec: spec, environment: environment, descriptors: descriptors, user: user)
        return try planner.make()
    }

    /// Makes the container's cgroup with its limits and starts its process 1 as a child of the keeper; returns when the
    /// program was executed. Its end is reported under the container's id. After an error nothing is left behind.
    public static func start(
        _ spec: ContainerSpec, keeper: Keeper, environment: RuntimeEnvironment, descriptors: LaunchDescriptors
    ) throws(RuntimeError) -> LaunchedProcess {
        let plan = try plan(for: spec, environment: environment, descriptors: descriptors)
        try prepare(for: plan, environment)
        try createCgroup(for: spec, environment: environment)
        do throws(RuntimeError) {
            return try keeper.launch(
                plan, descriptors: descriptors, deadline: monotonicNanoseconds() + patience)
        } catch {
            try? removeRemains(of: spec, environment: environment)
            throw error
        }
    }

    /// Makes the container's cgroup and starts its process 1 as a child of the calling process; returns when the program
    /// was executed. Wait for it with ``LaunchedProcess/wait()``. After an error nothing is left behind.
    public static func startChild(
        _ spec: ContainerSpec, environment: RuntimeEnvironment, descriptors: LaunchDescriptors
    ) throws(RuntimeError) -> LaunchedProcess {
        let plan = try plan(for: spec, environment: environment, descriptors: descriptors)
        try prepare(for: plan, environment)
        try createCgroup(for: spec, environment: environment)
        do throws(RuntimeError) {
            return try OwnChild.launch(plan, descriptors)
        } catch {
            try? removeRemains(of: spec, environment: environment)
            throw error
        }
    }

    /// Whether ``removeRemains(of:environment:)`` would find something.
    public static func hasRemains(of spec: ContainerSpec, environment: RuntimeEnvironment) -> Bool {
        guard let group = try? cgroup(of: spec, environment: environment) else { return false }
        return group.host.hierarchies.contains { Files.exists(group.path(in: $0)) }
    }

    /// Removes what a container leaves in the kernel: kills what still runs in its cgroup and removes that. Idempotent.
    public static func removeRemains(
        of spec: ContainerSpec, environment: RuntimeEnvironment
    ) throws(RuntimeError) {
        try control(spec, environment) { cgroup in try cgroup.remove() }
    }

    /// Takes the calling process out of the control groups it was started in: it is to outlive whoever began it.
    public static func leaveControlGroups() { CgroupHost.detect().leaveGroups() }

    // MARK: parts

    /// Brings about on the host what a plan stands on.
    static func prepare(for plan: LaunchPlan, _ environment: RuntimeEnvironment) throws(RuntimeError) {
        let profile = LaunchOperation.rights(.apparmor(AppArmorProfile.standard.name))
        guard plan.steps.contains(where: { $0.operation == profile }) else { return }
        try RuntimeError.explaining(plan.containerName) { try environment.appArmor?.loadStandard() }
    }

    static func cgroup(
        of spec: ContainerSpec, environment: RuntimeEnvironment
    ) throws(RuntimeError) -> ContainerCgroup {
        try RuntimeError.explaining(spec.name) {
            try ContainerCgroup(host: environment.cgroups, parent: spec.cgroupParent, id: spec.id)
        }
    }

    /// Runs `body` on the container's cgroup and gives its errors the container's name.
    static func control(
        _ spec: ContainerSpec, _ environment: RuntimeEnvironment, _ body: (ContainerCgroup) throws -> Void
    ) throws(RuntimeError) {
        let cgroup = try cgroup(of: spec, environment: environment)
        try RuntimeError.explaining(spec.name) { try body(cgroup) }
    }

    private static func createCgroup(
        for spec: ContainerSpec, environment: RuntimeEnvironment
    ) throws(RuntimeError) {
        let rules = spec.privileged ? nil : try deviceRules(of: spec)
        try control(spec, environment) { cgroup in
            try cgroup.create(spec.resources, devices: rules)
        }
    }
}
