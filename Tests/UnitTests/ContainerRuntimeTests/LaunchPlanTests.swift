import Cgroups
import ContainerModel
import LinuxSystem
import Primitives
import Testing

@testable import ContainerRuntime

struct LaunchPlanTests {
    private static let environment = RuntimeEnvironment(
        cgroups: CgroupHost(hierarchies: [
            CgroupHierarchy(version: .v1, mountPoint: "/sys/fs/cgroup/memory", controllers: ["memory"]),
            CgroupHierarchy(version: .v2, mountPoint: "/sys/fs/cgroup/unified", controllers: []),
        ]), capabilities: .all(last: 40), kernel: KernelVersion(major: 6, minor: 18), appArmor: nil,
        processorCount: 1,
        hostDevices: {
            [HostDevice(path: "/dev/sda", isBlock: true, number: 0x800, mode: 0o660, userID: 0, groupID: 6)]
        })

    private func lines(
        _ descriptors: LaunchDescriptors = LaunchDescriptors(), environment: RuntimeEnvironment = environment,
        _ change: (inout ContainerSpec) -> Void = { _ in }
    ) throws -> [String] {
        var spec = ContainerSpec(
            id: "abc", name: "web",
            root: RootFilesystem(
                lowerDirectories: ["/l/2", "/l/1"], upperDirectory: "/c/upper", workDirectory: "/c/work"),
            process: ProcessSpec(arguments: ["serve", "-x"], environment: ["A=1"]), directory: "/c")
        spec.hostname = "host"
        spec.process.seccomp = .unconfined
        change(&spec)
        let user = UserIdentity(uid: 0, gid: 0, groups: [0], home: "/root")
        let plan = try ContainerRuntime.plan(
            for: spec, environment: environment, descriptors: descriptors, user: user)
        return plan.description.split(separator: "\n").map(String.init)
    }

    /// What `change` adds to and takes from the plan of a plain container.
    private func difference(
        _ descriptors: LaunchDescriptors = LaunchDescriptors(), _ change: (inout ContainerSpec) -> Void
    ) throws -> (added: [String], removed: [String]) {
        let plain = try lines(), changed = try lines(descriptors, change)
        let steps = changed.difference(from: plain)
        return (
            steps.insertions.map { if case .insert(_, let line, _) = $0 { line } else { "" } },
            steps.removals.map { if case .remove(_, let line, _) = $0 { line } else { "" } }
        )
    }

    private func error(_ change: (inout ContainerSpec) -> Void) throws -> RuntimeError {
        try #require(throws: RuntimeError.self) { try lines(LaunchDescriptors(), change) }
    }

    @Test func aPlainContainerIsIsolatedInThisOrder() throws {
        let text = try lines().joined(separator: "\n")
        #expect(text == plainPlan)
    }

    @Test func rightsAreGivenUpBeforeTheProgramAndAfterEverythingElse() throws {
        let tail = try lines {
            $0.process.noNewPrivileges = true
            $0.process.seccomp = .builtin
            $0.initProcess = true
        }.suffix(8)
        #expect(
            Array(tail.dropLast()) == [
                "close on exec", "no new privileges", "bounding standard", "user 0:0 groups 0", "init",
                "seccomp builtin", "capabilities standard",
            ])
    }

    @Test func mountsSayWhatTheyAre() throws {
        let change = try difference { spec in
            spec.mounts = [
                MountSpec(
                    source: .bind(path: "/h", createIfMissing: true, propagation: .rslave, recursive: true),
                    target: "/a/../b", readOnly: true),
                MountSpec(source: .volume(name: "v", path: "/v/_data", subpath: "s"), target: "/v"),
                MountSpec(source: .generated(path: "/c/hosts"), target: "/etc/hosts"),
                MountSpec(source: .tmpfs(size: 1024, mode: 0o700, options: ["exec,uid=5"]), target: "/t"),
            ]
        }
        #expect(change.removed.isEmpty)
        #expect(
            change.added == [
                "mkdir host /h", "mount = clone /h recursive", "attributes mount ro slave recursive",
                "target = resolve /b in root make like mount", "attach mount on target", "target = open /v/_data",
                "mount = clone s below target", "attributes mount private",
                "target = resolve /v in root make like mount", "attach mount on target", "mount = clone /c/hosts",
                "attributes mount private", "target = resolve /etc/hosts in root make like mount",
                "attach mount on target", "mount = new tmpfs source=tmpfs,size=1024,mode=700,uid=5 nosuid,nodev",
                "target = resolve /t in root make directories", "attach mount on target",
            ])
    }

    @Test func flagsOfAMountWinOverThoseOfItsSource() throws {
        var volume = MountSpec(source: .volume(name: "v", path: "/v", subpath: nil), target: "/v")
        volume.flags = [.ro, .nodev, .noatime, .rw]
        let lines = try lines { $0.mounts = [volume] }
        #expect(lines.contains("attributes mount nodev,noatime clear ro,noatime,strictatime private"))
    }

    @Test func aReadOnlyBindMayStayWritableBelow() throws {
        var bind = MountSpec(
            source: .bind(path: "/h", createIfMissing: false, propagation: nil, recursive: true), target: "/h",
            readOnly: true)
        bind.isWritableBelow = true
        let lines = try lines { $0.mounts = [bind] }
        let index = try #require(lines.firstIndex(of: "attributes mount private recursive"))
        #expect(lines[index + 1] == "attributes mount ro")
    }

    @Test func withoutSharedMemoryNothingIsMountedForIt() throws {
        let change = try difference { $0.namespaces.hasNoSharedMemory = true }
        #expect(change.added.isEmpty)
        #expect(change.removed.contains { $0.contains("tmpfs source=shm") })
    }

    @Test func sharedBindsAreCopiedBeforeTheSeparation() throws {
        let lines = try lines {
            $0.mounts = [
                MountSpec(
                    source: .bind(path: "/h", createIfMissing: false, propagation: .rshared, recursive: true),
                    target: "/b")
            ]
        }
        let copied = try #require(lines.firstIndex(of: "shared /h = clone /h recursive"))
        let separated = try #require(lines.firstIndex(of: "propagation / rslave"))
        #expect(copied < separated)
        #expect(lines.contains("attach shared /h on target"))
    }

    @Test func userMountsReplaceTheDefaultOnes() throws {
        let change = try difference {
            $0.mounts = [MountSpec(source: .tmpfs(size: nil, mode: nil, options: []), target: "/dev/shm")]
        }
        #expect(change.removed.contains("mount = new tmpfs source=shm,mode=1777,size=67108864 nosuid,nodev,noexec"))
        let dev = try lines {
            $0.mounts = [
                MountSpec(
                    source: .bind(path: "/dev", createIfMissing: false, propagation: nil, recursive: true),
                    target: "/dev")
            ]
        }
        #expect(!dev.contains { $0.hasPrefix("mknod") || $0.contains("devpts") })
    }

    @Test func namespacesComeFromWhereTheSpecSays() throws {
        var descriptors = LaunchDescriptors()
        descriptors.networkNamespace = 9
        let prepared = try difference(descriptors) { _ in }
        #expect(prepared.added == ["clone mount pid ipc uts", "join network of network"])
        #expect(prepared.removed == ["clone mount pid network ipc uts", "loopback up"])
        let host = try lines {
            $0.namespaces = NamespaceSpec()
            $0.namespaces.pid = .host
            $0.namespaces.network = .host
            $0.namespaces.ipc = .host
            $0.namespaces.uts = .host
            $0.namespaces.cgroup = .host
        }
        #expect(host[0] == "clone mount")
        #expect(
            host.contains("mount = clone /dev/shm (if there)") && host.contains { $0.hasPrefix("mount = new mqueue") }
                && !host.contains { $0.hasPrefix("hostname") })
        #expect(!host.contains { $0.hasPrefix("sysctl") || $0.hasPrefix("join") || $0.hasPrefix("new") })

        descriptors.containers = ["d": ProcessIdentity(pid: 1, startTicks: 1, bootID: "b")]
        let shared = try lines(descriptors) {
            $0.namespaces.pid = .container("d")
            $0.namespaces.network = .container("d")
            $0.namespaces.ipc = .container("d")
        }
        #expect(shared.contains("into pid namespace of container d") && shared[0] == "clone uts")
        #expect(shared.contains("join network of container d") && shared.contains("shm = clone /dev/shm (if there)"))
        // Its launcher is in that pid namespace at the very end only: a procfs of its own would be the host's.
        #expect(shared.contains("last program (if possible)"))
        #expect(shared.contains("proc = clone /proc") && !shared.contains { $0.hasPrefix("proc = new") })
        #expect(throws: RuntimeError.self) { try lines { $0.namespaces.pid = .container("gone") } }
    }

    @Test func privilegedLiftsAllRestrictions() throws {
        let lines = try lines {
            $0.privileged = true
            $0.process.seccomp = .builtin
        }
        #expect(!lines.contains { $0.hasPrefix("mask") || $0.hasPrefix("read-only") || $0.hasPrefix("seccomp") })
        #expect(lines.contains("mknod /dev/sda in root 0660 8:0 0:6"))
        #expect(lines.contains("mount = new sysfs source=sysfs nosuid,nodev,noexec"))
        #expect(lines.contains { $0.hasPrefix("bounding CHOWN,") && $0.hasSuffix("CHECKPOINT_RESTORE") })
    }

    @Test func theAppArmorProfileIsSetBeforeTheRootAndAppliesToTheProgram() throws {
        var confining = Self.environment
        confining.appArmor = AppArmorHost(profiles: { ["mine"] }, parser: "/sbin/apparmor_parser", load: { _, _ in })
        let plain = try lines(environment: confining)
        let place = try #require(plain.firstIndex(of: "apparmor compose-default"))
        let program = try #require(plain.firstIndex { $0.hasPrefix("execute") })
        let root = try #require(plain.firstIndex { $0.hasPrefix("pivot") })
        #expect(place < root && root < program)
        #expect(try lines(environment: confining) { $0.process.apparmorProfile = "mine" }.contains("apparmor mine"))
        let free: [(inout ContainerSpec) -> Void] = [
            { $0.privileged = true }, { $0.process.apparmorProfile = "unconfined" },
        ]
        for change in free {
            #expect(try !lines(environment: confining, change).contains { $0.hasPrefix("apparmor") })
        }
    }

    @Test func sysctlsBelongToNamespacesOfTheContainersOwn() throws {
        let lines = try lines {
            $0.sysctls = ["net.ipv4.ip_unprivileged_port_start": "1024", "net/ipv4/conf/eth0.1/rp_filter": "2"]
        }
        #expect(lines.contains("sysctl sys/net/ipv4/ip_unprivileged_port_start 1024"))
        #expect(lines.contains("sysctl sys/net/ipv4/conf/eth0.1/rp_filter 2"))
        #expect(lines.contains("sysctl sys/net/ipv4/ping_group_range 0 2147483647 (if possible)"))
        for (name, value) in [
            ("kernel.core_pattern", "x"), ("kernel.hostname", "x"), ("net/../kernel/core_pattern", "x"),
            ("net..x", "1"),
            ("net.ipv4.ip_forward", "1\nkernel.core_pattern=x"), ("vm.swappiness", "1"), ("fs", "1"),
        ] {
            #expect(try error { $0.sysctls = [name: value] }.code == .invalid, "\(name)")
        }
        let foreign = try error {
            $0.sysctls = ["net.core.somaxconn": "1"]
            $0.namespaces.network = .host
        }
        #expect(foreign.detail == "the container has no network namespace of its own")
    }

    @Test func impossibleSpecsAreRefusedBeforeAnythingHappens() throws {
        #expect(
            try error { $0.process.arguments = [] }.description
                == "cannot start the container: there is no command to run")
        #expect(try error { $0.process.workingDirectory = "relative" }.code == .invalid)
        #expect(try error { $0.process.apparmorProfile = "docker-default" }.code == .unsupported)
        #expect(try error { $0.process.rlimits = [Ulimit(name: "files", soft: 1, hard: 1)] }.code == .invalid)
        #expect(try error { $0.process.rlimits = [Ulimit(name: "nofile", soft: 5, hard: 1)] }.code == .invalid)
        #expect(try error { $0.process.oomScoreAdjustment = 2000 }.code == .invalid)
        #expect(try error { $0.process.environment = ["A=\u{0}"] }.code == .invalid)
        #expect(try error { $0.process.seccomp = .profile("{") }.code == .invalid)
        #expect(
            try error {
                $0.mounts = [MountSpec(source: .tmpfs(size: nil, mode: nil, options: ["nonsense"]), target: "/t")]
            }.detail == "\"nonsense\" is not an option of a tmpfs")
    }

    @Test func processLimitsAreDocumentedOnesUnlessAsked() throws {
        let change = try difference { $0.process.rlimits = [Ulimit(name: "nofile", soft: 10, hard: -1)] }
        #expect(change.added == ["limit nofile 10 unlimited"])
        #expect(change.removed == ["limit nofile 1024 524288 (if possible)"])
    }

    @Test func oldKernelsMountTheOverlayByPath() throws {
        var old = Self.environment
        old.kernel = KernelVersion("5.15.0-91-generic")
        let lines = try lines(environment: old) { $0.root.lowerDirectories = ["/l:x", "/m"] }
        #expect(
            lines.contains(
                "mount overlay /c/upper lowerdir=/l\\:x:/m,upperdir=/c/upper,workdir=/c/work,"
                    + "redirect_dir=off,metacopy=off,index=off,xino=off"))
    }

    @Test func anEncodedPlanIsValidAndABrokenOneIsNot() throws {
        var plan = LaunchPlan(tag: "abc", containerName: "web", recordsExit: true)
        plan.add(.namespace(.hostname("h")), "set hostname")
        plan.add(.process(.execute(candidates: ["/a"], arguments: ["a", "b"], environment: ["X=1"])), "run a")
        let block = plan.encode()
        #expect(isValid(block))
        for (offset, value) in [(0, UInt8(1)), (4, 1), (12, 255), (block.count - 1, 7)] {
            var broken = block
            broken[offset] = value
            #expect(!isValid(broken))
        }
        #expect(!isValid(Array(block.dropLast())))
    }

    private func isValid(_ block: [UInt8]) -> Bool {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: block.count, alignment: 16)
        defer { memory.deallocate() }
        memory.copyMemory(from: block, byteCount: block.count)
        return LaunchPlan.isValid(memory, length: block.count)
    }
}
