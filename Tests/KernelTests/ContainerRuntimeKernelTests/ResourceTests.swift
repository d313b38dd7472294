import CLinux
import Cgroups
import ContainerModel
import ContainerRuntime
import Glibc
import LinuxSystem
import Testing

extension KernelTests {
    struct ResourceTests {
        /// The launcher writes a program of its own, which no limit of the container may hit.
        @Test(arguments: [false, true]) func aContainerThatMayNotWriteFilesStarts(initProcess: Bool) throws {
            let host = try TestHost()
            var spec = try host.spec("echo started; sleep 1000")
            spec.initProcess = initProcess
            spec.process.rlimits = [Ulimit(name: "fsize", soft: 0, hard: 0)]
            let ends = try Ends()
            var descriptors = LaunchDescriptors()
            descriptors.standardOutput = ends.write
            let target = try host.start(spec, descriptors).identity
            #expect(try ends.readLine() == "started")
            var process = spec.process
            process.arguments = ["echo", "entered"]
            #expect(try host.exec(process, in: spec, target).output == "entered\n")
        }

        @Test func memoryBeyondTheLimitIsDeathAndIsCounted() throws {
            let host = try TestHost()
            var spec = try host.spec("exec dd if=/dev/zero of=/dev/null bs=100M count=1")
            spec.resources.memory = 16 << 20
            let process = try host.start(spec)
            #expect(try host.status(of: process.identity) == 137)
            #expect(ContainerRuntime.outOfMemoryKills(of: spec, environment: host.environment) == 1)
        }

        @Test func aKeeperWithMoreDescriptorsThanAContainerMayHaveStartsContainers() throws {
            let host = try TestHost()
            let null = try Descriptor.open("/dev/null", O_RDWR)
            for number in 0..<1200 { try host.keeper.keep(null, as: "other/\(number)") }
            let ends = try Ends()
            var descriptors = LaunchDescriptors()
            descriptors.standardOutput = ends.write
            let process = try host.start(host.spec("ulimit -n; ls /proc/self/fd | wc -l"), descriptors)
            #expect(try ends.readLine() == "1024")
            // Three streams, and the directory that ls reads.
            #expect(try ends.readLine() == "4")
            #expect(try host.status(of: process.identity) == 0)
        }

        @Test func limitsAreInForceAndVisible() throws {
            let host = try TestHost()
            var spec = try host.spec("ulimit -n; echo ready; sleep 1000; true")
            spec.resources.memory = 64 << 20
            spec.resources.pids = 20
            spec.resources.nanoCPUs = 500_000_000
            spec.process.rlimits = [Ulimit(name: "nofile", soft: 2000, hard: 3000)]
            let ends = try Ends()
            var descriptors = LaunchDescriptors()
            descriptors.standardOutput = ends.write
            let process = try host.start(spec, descriptors)
            #expect(try ends.readLine() == "2000")
            #expect(try ends.readLine() == "ready")
            let usage = try ContainerRuntime.statistics(of: spec, environment: host.environment)
            #expect(usage.memoryLimit == 64 << 20 && usage.processes >= 1 && usage.memoryBytes > 0)
            let commands = try eventually { () -> [String]? in
                let found = try ContainerRuntime.processes(of: spec, environment: host.environment).map(\.command)
                return found.count == 2 && found[1] == "sleep 1000" ? found : nil
            }
            #expect(commands[0] == "sh -c ulimit -n; echo ready; sleep 1000; true")
            try ContainerRuntime.removeRemains(of: spec, environment: host.environment)
            try ContainerRuntime.removeRemains(of: spec, environment: host.environment)
            #expect(!process.identity.isAlive)
            #expect(!Files.exists("/sys/fs/cgroup/memory/compose/\(spec.id)"))
        }

        @Test func onlyListedDevicesCanBeUsed() throws {
            let host = try TestHost()
            let script =
                "head -c 1 /dev/extra | wc -c; mknod /tmp/kmsg c 1 11 && cat /tmp/kmsg; head -c 1 /dev/zero | wc -c"
            var spec = try host.spec(script)
            spec.devices = [DeviceMapping(source: "/dev/zero", target: "/dev/extra", permissions: "r")]
            let output = try host.run(spec).output
            #expect(output == "1\ncat: can't open '/tmp/kmsg': Operation not permitted\n1\n")
        }

        /// Version 2 of cgroups has no files for devices. Its tree is there on hybrid hosts too.
        @Test(.enabled(if: CgroupHost.detect().unified != nil))
        func aProgramDecidesOnDevicesInVersion2() throws {
            let unified = try #require(CgroupHost.detect().unified)
            let path = "\(unified.mountPoint)/compose-device-test-\(getpid())"
            let group = try ContainerCgroup(
                host: CgroupHost(hierarchies: [unified]), parent: String(path.dropFirst(unified.mountPoint.count)),
                id: "x")
            defer {
                try? group.remove()
                rmdir(path)
            }
            try group.create(
                ResourceLimits(), devices: [DeviceRule(.character, 1, 5, "r"), DeviceRule(.block, nil, nil, "m")])
            let script =
                "echo 0 > '\(path)/x/cgroup.procs'; head -c1 /dev/zero | wc -c; true > /dev/zero; cat /dev/null"
            let output = try shell(script)
            #expect(output.hasPrefix("1\n"))
            #expect(output.components(of: "Operation not permitted") == 2)
        }
    }
}

/// Runs a script on the host with busybox and returns what it wrote.
private func shell(_ script: String) throws -> String {
    let command = "exec 2>&1; " + script.replacing("head", with: "busybox head")
    let stream = try #require(popen(command, "r"))
    defer { pclose(stream) }
    var bytes: [UInt8] = []
    while case let byte = getc(stream), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return String(decoding: bytes, as: UTF8.self)
}
