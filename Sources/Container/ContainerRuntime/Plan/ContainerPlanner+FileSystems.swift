internal import Cgroups
internal import ContainerModel
internal import Glibc
internal import LinuxSystem

extension ContainerPlanner {
    /// Root, the kernel's file systems, then what the user asked for.
    mutating func addFileSystems() throws(RuntimeError) {
        root = plan.newSlot("root")
        let replaced = Set(try spec.mounts.map { mount throws(RuntimeError) in try cleanTarget(mount.target) })
        plan.add(.process(.umask(0)), "set umask")
        try addSharedSources()
        plan.add(
            .mount(.propagation(path: "/", flags: Propagation.slave | Propagation.recursive)), "separate the mounts")
        addRoot()
        addProc()
        if replaced.contains("/dev") {
            dev = plan.newSlot("dev")
        } else {
            addDev()
            if !replaced.contains("/dev/pts") { addDevpts() }
            if !replaced.contains("/dev/mqueue") { addMqueue() }
            if !replaced.contains("/dev/shm"), spec.namespaces.hasNoSharedMemory != true { addSharedMemory() }
        }
        if !replaced.contains("/sys") {
            addSys()
            if !replaced.contains("/sys/fs/cgroup") { addCgroups() }
        }
        for index in spec.mounts.indices { try addMount(index) }
        if replaced.contains("/dev") {
            plan.add(.file(.resolve(dev, path: "/dev", in: root, missing: .fail)), "open /dev")
            null = plan.newSlot("null")
            plan.add(.file(.resolve(null, path: "/dev/null", in: root, missing: .fail)), "open /dev/null")
        }
        try addDevices()
    }

    /// Attached to the upper directory: in this namespace nobody needs that path any more.
    private mutating func addRoot() {
        addOverlay(spec.root.overlay, root, at: spec.root.upperDirectory, purpose: "mount the image")
    }

    /// Attaches what `mount` holds at `path`. Directories on the way are made.
    private mutating func attach(_ slot: Slot, at path: String, in base: Slot, missing: MissingTarget = .directories) {
        let shown = base == dev ? "/dev/\(path)" : path
        plan.add(.file(.resolve(target, path: path, in: base, missing: missing)), "find \(shown)")
        plan.add(.mount(.attach(slot, on: target, coversProc: false)), "mount \(shown)")
    }

    private mutating func addProc() {
        let attributes: MountAttributes = [.noSetuid, .noDevices, .noExecute]
        if proc == .none {
            proc = plan.newSlot("proc")
            plan.add(
                .mount(
                    .new(proc, type: "proc", options: [MountOption("source", "proc")], attributes: attributes)),
                "mount /proc")
        } else {
            plan.add(
                .mount(
                    .setAttributes(
                        proc, set: attributes, clear: .readOnly, propagation: Propagation.private, recursive: false)),
                "mount /proc")
        }
        attach(proc, at: "/proc", in: root, missing: .directoriesWithoutLinks)
    }

    private mutating func addDev() {
        dev = plan.newSlot("dev")
        let options = [MountOption("source", "tmpfs"), MountOption("mode", "755"), MountOption("size", "65536k")]
        plan.add(
            .mount(.new(dev, type: "tmpfs", options: options, attributes: [.noSetuid, .strictAccessTime])), "mount /dev"
        )
        attach(dev, at: "/dev", in: root)
        let nodes: [(name: String, minor: UInt32, major: UInt32)] = [
            ("null", 3, 1), ("zero", 5, 1), ("full", 7, 1), ("random", 8, 1), ("urandom", 9, 1), ("tty", 0, 5),
        ]
        for node in nodes {
            let number = DeviceNumber(major: node.major, minor: node.minor).raw
            let mode = UInt64(S_IFCHR | 0o666)
            plan.add(
                .file(.makeNode(node.name, in: dev, mode: mode, device: number, owner: 0)), "make /dev/\(node.name)")
        }
        null = plan.newSlot("null")
        plan.add(.file(.open(null, path: "null", in: dev, flags: O_PATH | O_NOFOLLOW)), "open /dev/null")
        let links = [
            ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"), ("core", "/proc/kcore"),
        ]
        for (name, aim) in links { plan.add(.file(.makeLink(name, to: aim, in: dev)), "make /dev/\(name)") }
    }

    private mutating func addDevpts() {
        devpts = plan.newSlot("devpts")
        let options = [
            MountOption("source", "devpts"), MountOption("ptmxmode", "0666"), MountOption("mode", "0620"),
            MountOption("gid", "5"),
        ]
        plan.add(
            .mount(.new(devpts, type: "devpts", options: options, attributes: [.noSetuid, .noExecute])),
            "mount /dev/pts")
        attach(devpts, at: "pts", in: dev)
    }

    /// Of the IPC namespace that the launcher is in by now, the host's included: there need not be one mounted.
    private mutating func addMqueue() {
        plan.add(
            .mount(
                .new(
                    mount, type: "mqueue", options: [MountOption("source", "mqueue")],
                    attributes: [.noSetuid, .noDevices, .noExecute])), "mount /dev/mqueue")
        attach(mount, at: "mqueue", in: dev)
    }

    private mutating func addSharedMemory() {
        if sharedMemoryDonor == nil {
            sharedMemory = mount
            makeSharedMemory()
        }
        if spec.namespaces.ipc == .host {
            plan.add(
                .mount(.cloneTree(sharedMemory, path: "/dev/shm", below: .none, recursive: false)), "share /dev/shm",
                tolerating: .missing)
        }
        attach(sharedMemory, at: "shm", in: dev)
    }

    /// The container's own, also where there may be none to share.
    mutating func makeSharedMemory() {
        let size = spec.shmSize ?? 64 << 20
        let options = [MountOption("source", "shm"), MountOption("mode", "1777"), MountOption("size", "\(size)")]
        plan.add(
            .mount(
                .new(
                    sharedMemory, type: "tmpfs", options: options, attributes: [.noSetuid, .noDevices, .noExecute])),
            "mount /dev/shm")
    }

    private mutating func addSys() {
        var attributes: MountAttributes = [.noSetuid, .noDevices, .noExecute]
        if !spec.privileged { attributes.insert(.readOnly) }
        plan.add(
            .mount(.new(mount, type: "sysfs", options: [MountOption("source", "sysfs")], attributes: attributes)),
            "mount /sys")
        attach(mount, at: "/sys", in: root, missing: .directoriesWithoutLinks)
    }

    /// The container's own part of each tree: programs look there for their limits.
    private mutating func addCgroups() {
        var attributes: MountAttributes = [.noSetuid, .noDevices, .noExecute]
        if !spec.privileged { attributes.insert(.readOnly) }
        let host = environment.cgroups
        guard !host.hierarchies.isEmpty else { return }
        if host.isUnified {
            plan.add(
                .mount(
                    .new(mount, type: "cgroup2", options: [MountOption("source", "cgroup")], attributes: attributes)),
                "mount /sys/fs/cgroup")
            attach(mount, at: "/sys/fs/cgroup", in: root)
            return
        }
        let base = plan.newSlot("cgroup")
        let options = [MountOption("source", "tmpfs"), MountOption("mode", "755")]
        plan.add(
            .mount(.new(base, type: "tmpfs", options: options, attributes: attributes.subtracting(.readOnly))),
            "mount /sys/fs/cgroup")
        attach(base, at: "/sys/fs/cgroup", in: root)
        for hierarchy in host.hierarchies where hierarchy.version == .v1 {
            guard let group = try? ContainerRuntime.cgroup(of: spec, environment: environment) else { continue }
            let name = hierarchy.name
            plan.add(
                .mount(.cloneTree(mount, path: group.path(in: hierarchy), below: .none, recursive: false)),
                "mount /sys/fs/cgroup/\(name)")
            plan.add(
                .mount(
                    .setAttributes(
                        mount, set: attributes, clear: [], propagation: Propagation.private, recursive: false)),
                "mount /sys/fs/cgroup/\(name)")
            plan.add(
                .file(.resolve(target, path: name, in: base, missing: .directories)), "find /sys/fs/cgroup/\(name)")
            plan.add(.mount(.attach(mount, on: target, coversProc: false)), "mount /sys/fs/cgroup/\(name)")
            for controller in hierarchy.controllers where controller != name && !controller.contains("=") {
                plan.add(.file(.makeLink(controller, to: name, in: base)), "make /sys/fs/cgroup/\(controller)")
            }
        }
        if !spec.privileged {
            plan.add(
                .mount(.setAttributes(base, set: .readOnly, clear: [], propagation: 0, recursive: false)),
                "make /sys/fs/cgroup read-only")
        }
    }
}
