import CLinux
import ContainerModel
import ContainerRuntime
import Glibc
import LinuxSystem
import Synchronization
import Testing

extension KernelTests {
    /// What a hostile container can see of the processes that enter it, and do to them.
    struct LauncherTests {
        /// Writes to /found whatever it sees of the host in any process of its pid namespace.
        private func lookout(for canary: String) -> String {
            """
            while :; do
              for p in /proc/[0-9]*; do
                [ -e $p/root\(canary) ] && echo "root of $p" >> /found
                [ -e $p/cwd/root/not-a-program ] && echo "directory of $p" >> /found
                x=$(readlink $p/exe)
                case "$x" in ''|/bin/busybox|/memfd:launch*) ;; *) echo "program $x" >> /found ;; esac
                for f in $p/fd/*; do
                  x=$(readlink $f)
                  case "$x" in ''|/dev/null|pipe:*|socket:*|/proc/*) ;; *) echo "descriptor $x" >> /found ;; esac
                done
              done
            done
            """
        }

        @Test func whoeverMayTraceSeesNothingOfTheHostInWhatEnters() throws {
            let host = try TestHost()
            let canary = host.directory + "/canary"
            try Files.replace(canary, with: Array("x".utf8))
            var spec = try host.spec(lookout(for: canary))
            spec.process.capabilitiesAdded = ["SYS_PTRACE"]
            let target = try host.start(spec).identity
            for round in 0..<40 {
                #expect(try host.exec(ProcessSpec(arguments: ["true"]), in: spec, target).status == 0)
                let probe = try ContainerRuntime.exec(
                    ProcessSpec(arguments: ["true"]), in: spec, target: target, tag: "probe/\(round)",
                    keeper: host.keeper, environment: host.environment, descriptors: LaunchDescriptors(),
                    deadline: monotonicNanoseconds() + 10_000_000_000)
                _ = try eventually { probe.identity.isAlive ? nil : true }
            }
            #expect(Files.text(spec.root.upperDirectory + "/found") == nil)
        }

        @Test func aContainerThatSharesProcessesSeesNothingOfTheHostEither() throws {
            let host = try TestHost()
            let canary = host.directory + "/canary"
            try Files.replace(canary, with: Array("x".utf8))
            var spec = try host.spec(lookout(for: canary))
            spec.process.capabilitiesAdded = ["SYS_PTRACE"]
            let target = try host.start(spec).identity
            var descriptors = LaunchDescriptors()
            descriptors.containers = [spec.id: target]
            for _ in 0..<10 {
                var guest = try host.spec("cat /proc/1/comm; ls -d /proc/self/fd; echo $$")
                guest.namespaces.pid = .container(spec.id)
                let (output, status) = try host.run(guest, descriptors)
                #expect(status == 0)
                #expect(output.hasPrefix("sh\n/proc/self/fd\n") && !output.hasSuffix("\n1\n"), "\(output)")
            }
            #expect(Files.text(spec.root.upperDirectory + "/found") == nil)
        }

        /// The kernel opens a script's interpreter while the process still is the launcher.
        @Test(arguments: [false, true]) func theLaunchersProgramIsNotTheHosts(enters: Bool) throws {
            let host = try TestHost()
            let image = host.directory + "/image"
            // What would be run as the dynamic loader of the host's program; it tells.
            try Files.makeDirectories(image + "/lib64", mode: 0o755)
            try Files.makeDirectories(image + "/lib", mode: 0o755)
            for loader in ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"] {
                symlink("/bin/busybox", image + loader)
            }
            try Files.replace(image + "/bin/self", with: Array("#!/proc/self/exe\n".utf8), mode: 0o755)
            var spec = try host.spec("sleep 1000")
            let output: String
            let status: Int32
            if enters {
                let target = try host.start(spec).identity
                (output, status) = try host.exec(ProcessSpec(arguments: ["/bin/self"]), in: spec, target)
            } else {
                spec.process.arguments = ["/bin/self"]
                (output, status) = try host.run(spec)
            }
            #expect(output.isEmpty && status == 127)
        }

        @Test func aProgramOnlyRunsOnceItsInitIsItself() throws {
            let host = try TestHost()
            for _ in 0..<10 {
                var spec = try host.spec("readlink /proc/1/exe")
                spec.process.arguments = ["readlink", "/proc/1/exe"]
                spec.process.capabilitiesAdded = ["SYS_PTRACE"]
                spec.initProcess = true
                #expect(try host.run(spec).output.hasPrefix("/memfd:init"))
            }
        }

        /// A frozen process is what a stopped one is to who waits for it.
        @Test func aLaunchThatIsHeldUpIsGivenUpAndKilled() throws {
            let host = try TestHost()
            let spec = try host.spec("sleep 1000")
            let target = try host.start(spec).identity
            try ContainerRuntime.pause(spec, environment: host.environment)
            let start = monotonicNanoseconds()
            let error = try #require(throws: RuntimeError.self) {
                _ = try ContainerRuntime.exec(
                    ProcessSpec(arguments: ["true"]), in: spec, target: target, tag: "probe", keeper: host.keeper,
                    environment: host.environment, descriptors: LaunchDescriptors(),
                    deadline: start + 200_000_000)
            }
            #expect(error.code == .timedOut)
            try ContainerRuntime.unpause(spec, environment: host.environment)
            _ = try eventually {
                try ContainerRuntime.processes(of: spec, environment: host.environment).count == 1 ? true : nil
            }
            #expect(try host.exec(ProcessSpec(arguments: ["true"]), in: spec, target).status == 0)
        }

        @Test func aContainerThatStopsWhatEntersHoldsNobodyUp() throws {
            let host = try TestHost()
            let spec = try host.spec("while :; do kill -STOP -1; done")
            let target = try host.start(spec).identity
            for round in 0..<30 {
                let end = monotonicNanoseconds() + 100_000_000
                _ = try? ContainerRuntime.exec(
                    ProcessSpec(arguments: ["true"]), in: spec, target: target, tag: "probe/\(round)",
                    keeper: host.keeper, environment: host.environment, descriptors: LaunchDescriptors(), deadline: end)
                #expect(monotonicNanoseconds() < end + 2_000_000_000)
            }
            try ContainerRuntime.killAll(spec, environment: host.environment)
            #expect(try host.status(of: target) == 137)
        }

        /// The keeper reaps a child before it has read whose it is, now and then.
        @Test func shortProbesAreAllReportedUnderTheirNames() throws {
            let host = try TestHost()
            let spec = try host.spec("sleep 1000")
            let target = try host.start(spec).identity
            let loop = try EventLoop()
            try startThread(name: "loop") { loop.run() }
            defer { loop.stop() }
            let ends = Ended()
            try host.keeper.watchExits(on: loop) { record in if let record { ends.add(record) } }
            var expected: [String: ProcessIdentity] = [:]
            for round in 0..<100 {
                let probe = try ContainerRuntime.exec(
                    ProcessSpec(arguments: ["sh", "-c", "exit \(round % 7)"]), in: spec, target: target,
                    tag: "probe/\(round)", keeper: host.keeper, environment: host.environment,
                    descriptors: LaunchDescriptors(), deadline: monotonicNanoseconds() + 10_000_000_000)
                expected["probe/\(round)"] = probe.identity
            }
            _ = try eventually { ends.all.count == 100 ? true : nil }
            for record in ends.all {
                #expect(expected[record.tag] == record.identity)
                #expect(record.status.code == (Int32(record.tag.dropFirst(6)) ?? 0) % 7)
            }
        }

        /// The intermediate ends at the moment in which its child may fail.
        @Test func aProgramThatIsMissingIsMissingEveryTime() throws {
            let host = try TestHost()
            let spec = try host.spec("sleep 1000")
            let target = try host.start(spec).identity
            var process = spec.process
            process.arguments = ["none"]
            process.environment = ["PATH=" + (0..<200).map { "/none/\($0)" }.joined(separator: ":")]
            for _ in 0..<200 {
                let error = try #require(throws: RuntimeError.self) {
                    try host.exec(process, in: spec, target)
                }
                #expect(error.code == .programNotFound)
            }
            // None of them is left unreaped in its pid namespace, which could not end then.
            try ContainerRuntime.killAll(spec, environment: host.environment)
            #expect(try host.status(of: target) == 137)
        }

        /// The launcher's own calls pass the filter, and nobody else's do.
        @Test func aProfileThatForbidsWhatTheLauncherDoesForbidsItToTheProgramOnly() throws {
            let host = try TestHost()
            var spec = try host.spec("sleep 1000")
            spec.process.seccomp = .profile(
                """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names":
                 ["clone", "clone3", "fork", "vfork", "execveat", "setsid", "close_range", "memfd_create"],
                 "action": "SCMP_ACT_ERRNO"}]}
                """)
            let target = try host.start(spec).identity
            var process = spec.process
            process.arguments = ["sh", "-c", "/bin/ls -d /etc; echo two"]
            let (output, status) = try host.exec(process, in: spec, target)
            #expect(output.contains("can't fork") && !output.contains("/etc"), "\(output) \(status)")
        }
    }
}

/// What the keeper reported.
private final class Ended: Sendable {
    private let records = Mutex<[ExitRecord]>([])
    var all: [ExitRecord] { records.withLock { $0 } }
    func add(_ record: ExitRecord) { records.withLock { $0.append(record) } }
}
