internal import Cgroups
internal import ContainerModel
internal import Glibc
internal import LinuxSystem
internal import Primitives

/// Turns a container's spec into its launch plan. The order of the steps is the security of the result: see each part.
struct ContainerPlanner {
    let spec: ContainerSpec
    let environment: RuntimeEnvironment
    let descriptors: LaunchDescriptors
    let user: UserIdentity
    let capabilities: CapabilitySet

    var plan: LaunchPlan
    /// The container's root directory.
    var root = Slot.none
    /// Its procfs, devtmpfs stand-in and devpts.
    var proc = Slot.none
    var dev = Slot.none
    var devpts = Slot.none
    var null = Slot.none
    /// Passing through: the mount being made and its place.
    var mount = Slot.none
    var target = Slot.none
    var terminal = Slot.none

    init(
        spec: ContainerSpec, environment: RuntimeEnvironment, descriptors: LaunchDescriptors, user: UserIdentity
    ) throws(RuntimeError) {
        self.spec = spec
        self.environment = environment
        self.descriptors = descriptors
        self.user = user
        capabilities = try CapabilitySet.combining(
            added: spec.process.capabilitiesAdded, dropped: spec.process.capabilitiesDropped,
            privileged: spec.privileged, available: environment.capabilities)
        plan = LaunchPlan(tag: spec.id, containerName: spec.name, recordsExit: true)
    }

    mutating func make() throws(RuntimeError) -> LaunchPlan {
        let streams = ProcessTail.bringStreams(for: spec.process, descriptors: descriptors, to: &plan)
        let cgroups = try bringCgroups()
        plan.add(.process(.resetSignals), "reset signals")
        plan.add(.rights(.notDumpable), "protect the launcher")
        plan.add(.process(.newSession), "make a session")
        let namespaces = try bringNamespaces()
        ProcessTail.addLastProgram(of: spec.process, to: &plan)
        for slot in cgroups { plan.add(.file(.writeSlot(slot, text: "0")), "join cgroup \(slot.name)") }
        try addNamespaces(namespaces)
        try ProcessTail.addLimits(
            of: spec.process, containerID: spec.id, isPrivileged: spec.privileged, environment: environment, to: &plan)
        try addFileSystems()
        if spec.process.terminal { addTerminal(socket: streams.console) }
        try addSysctls()
        addHooks(.createContainer, output: streams.slots[2])
        addPivot()
        addPaths()
        addHooks(.startContainer, output: streams.slots[2])
        var tail = ProcessTail(process: spec.process, user: user, capabilities: capabilities)
        tail.terminal = terminal
        tail.streams = streams
        tail.makesWorkingDirectory = true
        tail.forksInit = spec.initProcess && spec.namespaces.pid == .own
        tail.isPrivileged = spec.privileged
        try tail.add(to: &plan, hostname: spec.hostname)
        return plan
    }

    // MARK: namespaces and cgroups

    /// The membership files of version 1; the directory of version 2 goes into the clone itself.
    private mutating func bringCgroups() throws(RuntimeError) -> [Slot] {
        let group = try ContainerRuntime.cgroup(of: spec, environment: environment)
        if let directory = group.unifiedPath {
            plan.cgroupDirectory = plan.bring(.cgroup(directory), name: directory)
        }
        return group.membershipFilesV1.map { plan.bring(.cgroup($0), name: $0) }
    }

    /// Descriptors of the namespaces to join, with what to join of them.
    private mutating func bringNamespaces() throws(RuntimeError) -> [(slot: Slot, flags: UInt64)] {
        let kinds: [(origin: NamespaceMode, flag: UInt64)] = [
            (spec.namespaces.pid, Namespace.pid), (spec.namespaces.network, Namespace.network),
            (spec.namespaces.ipc, Namespace.ipc), (spec.namespaces.uts, Namespace.uts),
            (spec.namespaces.cgroup, Namespace.cgroup),
        ]
        plan.cloneFlags = donors.isEmpty ? Namespace.mount : 0
        var joined: [(slot: Slot, flags: UInt64)] = []
        for kind in kinds {
            switch kind.origin {
            case .host: continue
            case .own:
                if kind.flag == Namespace.network, descriptors.networkNamespace != nil {
                    joined.append((plan.bring(.networkNamespace, name: "network"), kind.flag))
                } else if kind.flag != Namespace.cgroup {
                    plan.cloneFlags |= kind.flag
                }
            case .container(let id):
                guard descriptors.containers[id] != nil else {
                    throw RuntimeError(
                        .gone, step: "share namespaces of container \(id.prefix(12))", reason: "it is not running")
                }
                let slot = plan.bring(.container(id), name: "container \(id.prefix(12))")
                if kind.flag == Namespace.pid { plan.pidNamespace = slot } else { joined.append((slot, kind.flag)) }
            }
        }
        if !donors.isEmpty { _ = plan.bring(.ownMountNamespace, name: "host") }
        return joined
    }

    /// The container whose `/dev/shm` this one shares.
    var sharedMemoryDonor: String? {
        if case .container(let id) = spec.namespaces.ipc { return id }
        return nil
    }

    /// The container whose pid namespace, and with it `/proc`, this one shares. A procfs made by this launcher would be
    /// that of its own pid namespace, which it only leaves at the very end.
    private var procDonor: String? {
        if case .container(let id) = spec.namespaces.pid { return id }
        return nil
    }

    /// Containers that something mounted is shared of.
    private var donors: Set<String> { Set([sharedMemoryDonor, procDonor].compactMap(\.self)) }

    /// Mounts can only be copied from within their namespace.
    private mutating func addDonations() {
        for donor in donors.sorted() {
            let slot = plan.bring(.container(donor), name: "")
            plan.add(.namespace(.join(slot, flags: Namespace.mount)), "look into container \(donor.prefix(12))")
            if donor == sharedMemoryDonor {
                plan.add(
                    .mount(.cloneTree(sharedMemory, path: "/dev/shm", below: .none, recursive: false)),
                    "share /dev/shm", tolerating: .missing)
            }
            if donor == procDonor { plan.add(.mount(.cloneProc(proc)), "share /proc") }
        }
        guard !donors.isEmpty else { return }
        let host = plan.bring(.ownMountNamespace, name: "")
        plan.add(.namespace(.join(host, flags: Namespace.mount)), "return to the host's mounts")
        plan.add(.namespace(.new(flags: Namespace.mount)), "make a mount namespace")
    }

    private mutating func addNamespaces(_ joined: [(slot: Slot, flags: UInt64)]) throws(RuntimeError) {
        mount = plan.newSlot("mount")
        target = plan.newSlot("target")
        if sharedMemoryDonor != nil {
            sharedMemory = plan.newSlot("shm")
            makeSharedMemory()
        }
        if procDonor != nil { proc = plan.newSlot("proc") }
        addDonations()
        for (slot, flags) in joined {
            plan.add(
                .namespace(.join(slot, flags: flags)), "join the \(namespaceNames(flags)[0]) namespace of \(slot.name)")
        }
        // After joining the cgroup: the namespace's root is where its maker is.
        if spec.namespaces.cgroup == .own {
            plan.add(.namespace(.new(flags: Namespace.cgroup)), "make a cgroup namespace")
        }
        if spec.namespaces.network == .own, descriptors.networkNamespace == nil {
            plan.add(.namespace(.loopbackUp), "set up the loopback interface")
        }
    }

    var sharedMemory = Slot.none
    /// Copied trees of shared binds, by target.
    var shared: [String: Slot] = [:]

    // MARK: after the mounts

    private mutating func addTerminal(socket: Slot) {
        terminal = plan.newSlot("terminal")
        plan.add(
            .process(
                .terminal(terminal, devpts: devpts, sendTo: socket, size: descriptors.terminalSize, owner: user.uid)),
            "make a terminal")
        plan.add(.process(.console(terminal, in: dev)), "make /dev/console")
    }

    private mutating func addPivot() {
        plan.add(.mount(.pivot(root)), "change to the container's root")
        if spec.root.readOnly {
            plan.add(
                .mount(.setAttributes(root, set: .readOnly, clear: [], propagation: 0, recursive: false)),
                "make the root read-only")
        }
        guard spec.namespaces.uts == .own else { return }
        plan.add(.namespace(.hostname(spec.hostname)), "set hostname \"\(spec.hostname)\"")
        if let name = spec.domainname { plan.add(.namespace(.domainname(name)), "set domainname \"\(name)\"") }
    }

    /// Those of the host still see its files, and the container's root at the directory where it is mounted.
    private mutating func addHooks(_ moment: HookSpec.Moment, output: Slot) {
        let state: JSONValue = [
            "ociVersion": "1.0.2", "id": .string(spec.id), "status": "creating", "bundle": .string(spec.bundle),
        ]
        for hook in spec.hooks ?? [] where hook.moment == moment {
            plan.add(
                .process(
                    .hook(
                        path: hook.path, arguments: hook.arguments.isEmpty ? [hook.path] : hook.arguments,
                        environment: hook.environment, input: Array(state.description.utf8), output: output,
                        seconds: hook.timeoutSeconds)), "run the \(moment.rawValue) hook \(hook.path)")
        }
    }

    /// Read-only ones first: a path in both lists ends up masked.
    private mutating func addPaths() {
        guard !spec.privileged, !spec.unconfinedSystemPaths else { return }
        for path in SystemPaths.readOnly {
            plan.add(.mount(.readOnlyPath(path, in: root)), "make \(path) read-only", tolerating: .missing)
        }
        for path in SystemPaths.masked(processors: environment.processorCount) {
            plan.add(.mount(.mask(path, in: root, null: null)), "mask \(path)", tolerating: .missing)
        }
    }
}

/// Files of `/proc` and `/sys` that tell too much or change too much (as Docker's defaults).
enum SystemPaths {
    static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

    static func masked(processors: Int) -> [String] {
        [
            "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
            "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
            "/sys/devices/virtual/powercap", "/sys/firmware",
        ] + (0..<processors).map { "/sys/devices/system/cpu/cpu\($0)/thermal_throttle" }
    }
}
