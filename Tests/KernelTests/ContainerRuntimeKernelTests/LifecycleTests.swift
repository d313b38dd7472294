import CLinux
import Cgroups
import ContainerModel
import Glibc
import LinuxSystem
import Primitives
import Synchronization
import Testing

@testable import ContainerRuntime

extension KernelTests {
    struct LifecycleTests {
        @Test func exitsAreRecordedWithCodeAndSignal() throws {
            let host = try TestHost()
            #expect(try host.run(host.spec("exit 42")).status == 42)
            // Process 1 cannot kill itself; its child can.
            let spec = try host.spec("exec sleep 1000")
            let process = try host.start(spec)
            try process.identity.send(signal: SIGKILL)
            #expect(try host.status(of: process.identity) == 137)
            #expect(!process.identity.isAlive)
        }

        @Test func missingProgramsAre127AndUnusableOnes126() throws {
            let host = try TestHost()
            let cases: [(String, RuntimeError.Code, Int32, String)] = [
                ("nope", .programNotFound, 127, "web: exec: \"nope\": executable file not found in $PATH"),
                ("/nope", .programNotFound, 127, "web: exec: \"/nope\": no such file or directory"),
                (
                    "/etc/not-a-program", .programNotExecutable, 126,
                    "web: exec: \"/etc/not-a-program\": permission denied"
                ),
                ("rubbish", .programNotExecutable, 126, "web: exec: \"rubbish\": exec format error"),
            ]
            for (program, code, status, text) in cases {
                var spec = try host.spec("")
                spec.process.arguments = [program]
                let error = try #require(throws: RuntimeError.self) { try host.run(spec) }
                #expect(error.code == code && error.exitStatus == status)
                #expect(error.description.lowercased() == text.lowercased())
                let group = "/sys/fs/cgroup/memory/compose/\(spec.id)"
                #expect(!Files.exists(group))
            }
        }

        @Test func failingStepsAreNamed() throws {
            let host = try TestHost()
            var spec = try host.spec("true")
            spec.mounts = [
                MountSpec(
                    source: .volume(name: "data", path: host.directory + "/missing", subpath: nil), target: "/srv")
            ]
            let error = try #require(throws: RuntimeError.self) { try host.run(spec) }
            #expect(error.description == "web: cannot mount volume \"data\" at /srv: no such file or directory")
        }

        @Test func containersAndDescriptorsOutliveTheirSupervisor() throws {
            let host = try TestHost()
            let ends = try Ends()
            var descriptors = LaunchDescriptors()
            descriptors.standardOutput = ends.write
            let spec = try host.spec("echo up; sleep 1000")
            let process = try host.start(spec, descriptors)
            #expect(try ends.readLine() == "up")
            try host.keeper.keep(Descriptor(owning: dup(ends.write)), as: "stdout")

            // Another supervisor comes, with nothing but the directory.
            let next = try #require(try Keeper.connect(runDirectory: host.directory + "/run"))
            #expect(try next.children().map(\.tag) == [spec.id])
            #expect(try next.children().first?.identity == process.identity)
            #expect(try next.keptKeys() == ["stdout"])
            try next.keptDescriptor("stdout")?.writeAll(Array("again\n".utf8))
            #expect(try ends.readLine() == "again")
            try next.drop("stdout")
            #expect(try next.keptKeys().isEmpty)

            let loop = try EventLoop()
            let seen = Mutex<[ExitRecord]>([])
            try next.watchExits(on: loop) { record in
                if let record { seen.withLock { $0.append(record) } }
                loop.stop()
            }
            try process.identity.send(signal: SIGKILL)
            loop.run()
            #expect(seen.withLock { $0.map(\.tag) } == [spec.id])
            #expect(try host.status(of: process.identity) == 137)
            let size = Keeper.recordedExits(runDirectory: host.directory + "/run").size
            try next.forgetExits(size: size)
            #expect(Keeper.recordedExits(runDirectory: host.directory + "/run").records.isEmpty)
        }

        @Test func manyContainersStartAndEndAtOnce() throws {
            let host = try TestHost()
            let codes = Mutex<[Int32]>([])
            let finished = Mutex(0)
            for thread in 0..<4 {
                let specs = try (0..<5).map { try host.spec("exit \(thread * 5 + $0)") }
                try startThread(name: "starter") {
                    for spec in specs {
                        if let status = try? host.run(spec).status { codes.withLock { $0.append(status) } }
                        try? ContainerRuntime.removeRemains(of: spec, environment: host.environment)
                    }
                    finished.withLock { $0 += 1 }
                }
            }
            _ = try eventually { finished.withLock { $0 } == 4 ? true : nil }
            #expect(codes.withLock { $0.sorted() } == Array(0..<20))
        }

        @Test func aKeeperThatIsToldToGoLeavesNothing() throws {
            let host = try TestHost()
            let process = try host.start(host.spec("sleep 1000"))
            #expect(throws: RuntimeError.self) { try host.keeper.shutDown() }
            try host.keeper.shutDown(killChildren: true)
            #expect(!process.identity.isAlive)
            #expect(!Files.exists(host.directory + "/run/keeper.sock"))
            #expect(try Keeper.connect(runDirectory: host.directory + "/run") == nil)
        }

        @Test func initReapsForwardsAndHidesOurBinary() throws {
            let host = try TestHost()
            let ends = try Ends()
            var descriptors = LaunchDescriptors()
            descriptors.standardOutput = ends.write
            var spec = try host.spec(
                "trap 'exit 7' TERM; (sleep 0.01 &) ; echo $$; readlink /proc/1/exe; tr '\\0' ' ' < /proc/1/cmdline; echo; echo ready; while :; do sleep 0.05; done"
            )
            spec.initProcess = true
            let process = try host.start(spec, descriptors)
            #expect(try ends.readLine() == "2")
            #expect(try ends.readLine().hasPrefix("/memfd:init"))
            #expect(try ends.readLine().hasPrefix("/sbin/docker-init -- sh -c"))
            #expect(try ends.readLine() == "ready")
            // Orphans do not stay zombies: in the end there are only init, the shell and its sleep.
            _ = try eventually { () -> Bool? in
                let processes = try ContainerRuntime.processes(of: spec, environment: host.environment)
                return processes.allSatisfy { $0.command != "[sleep]" } ? true : nil
            }
            try process.identity.send(signal: SIGTERM)
            #expect(try host.status(of: process.identity) == 7)
        }

        @Test func initEndsWithTheSignalOfItsChild() throws {
            let host = try TestHost()
            var spec = try host.spec("kill -9 $$")
            spec.initProcess = true
            #expect(try host.run(spec).status == 137)
        }

        @Test func pausedContainersStandStillAndCanBeKilled() throws {
            let host = try TestHost()
            let spec = try host.spec("while :; do :; done")
            let process = try host.start(spec)
            try ContainerRuntime.pause(spec, environment: host.environment)
            #expect(try ContainerRuntime.cgroup(of: spec, environment: host.environment).isFrozen)
            try ContainerRuntime.unpause(spec, environment: host.environment)
            #expect(try !ContainerRuntime.cgroup(of: spec, environment: host.environment).isFrozen)
            try ContainerRuntime.pause(spec, environment: host.environment)
            try ContainerRuntime.killAll(spec, environment: host.environment)
            #expect(try host.status(of: process.identity) == 137)
        }
    }
}
