import CLinux
import ContainerModel
import ContainerRuntime
import Glibc
import LinuxSystem
import Testing

extension KernelTests {
    struct ExecTests {
        @Test func execEntersWithTheContainersRights() throws {
            let host = try TestHost()
            var spec = try host.spec("sleep 1000")
            spec.process.environment = ["A=1"]
            let target = try host.start(spec).identity
            let script =
                "hostname; echo $A; grep -E 'CapEff|Seccomp:|SigIgn' /proc/self/status; ls /proc/self/fd; cat /proc/self/cgroup; exit 9"
            let process = ProcessSpec(arguments: ["sh", "-c", script], environment: ["A=2"])
            let (output, status) = try host.exec(process, in: spec, target)
            #expect(status == 9)
            #expect(
                output.hasPrefix(
                    "web\n2\nSigIgn:\t0000000000000000\nCapEff:\t00000000a80425fb\nSeccomp:\t2\n0\n1\n2\n3\n"))
            // Version 1 or version 2.
            #expect(output.contains(":memory:/\n") || output.hasSuffix("0::/\n"))
        }

        @Test func execTellsHowItEndedAndWhyItCouldNotBegin() throws {
            let host = try TestHost()
            let spec = try host.spec("sleep 1000")
            let target = try host.start(spec).identity
            #expect(try host.exec(ProcessSpec(arguments: ["sh", "-c", "kill -9 $$"]), in: spec, target).status == 137)
            let error = try #require(throws: RuntimeError.self) {
                try host.exec(ProcessSpec(arguments: ["nope"]), in: spec, target)
            }
            #expect(error.exitStatus == 127)
            let user = ProcessSpec(arguments: ["id", "-u"], user: "1000:5")
            #expect(try host.exec(user, in: spec, target).output == "1000\n")
            let stranger = ProcessSpec(arguments: ["id"], user: "nobody-here")
            #expect(throws: RuntimeError.self) { try host.exec(stranger, in: spec, target) }
            let outside = ProcessSpec(arguments: ["pwd"], workingDirectory: "/proc/self/fd/3")
            #expect(throws: RuntimeError.self) { try host.exec(outside, in: spec, target) }
        }

        @Test func execRefusesAProcessThatOnlyHasTheSameNumber() throws {
            let host = try TestHost()
            let spec = try host.spec("sleep 1000")
            var target = try host.start(spec).identity
            target.startTicks += 1
            let error = try #require(throws: RuntimeError.self) {
                try host.exec(ProcessSpec(arguments: ["true"]), in: spec, target)
            }
            #expect(error.code == .gone)
        }

        @Test func execWithATerminalHasOneOfTheContainers() throws {
            let host = try TestHost()
            let spec = try host.spec("sleep 1000")
            let target = try host.start(spec).identity
            var process = ProcessSpec(
                arguments: ["sh", "-c", "tty; stty size; echo $TERM; stat -c %u /dev/pts/0"], user: "app")
            process.terminal = true
            var descriptors = LaunchDescriptors()
            descriptors.terminalSize = TerminalSize(rows: 33, columns: 99)
            var entered = try execInContainer(
                process, in: spec, target: target, environment: host.environment, descriptors: descriptors)
            #expect(readTerminal(entered.takeTerminal()) == "/dev/pts/0\r\n33 99\r\nxterm\r\n1000\r\n")
            #expect(try entered.wait().code == 0)
        }

        @Test func theKeeperRunsProbesToo() throws {
            let host = try TestHost()
            let spec = try host.spec("sleep 1000")
            let target = try host.start(spec).identity
            let ends = try Ends()
            var descriptors = LaunchDescriptors()
            descriptors.standardOutput = ends.write
            let probe = try ContainerRuntime.exec(
                ProcessSpec(arguments: ["echo", "healthy"]), in: spec, target: target, tag: "probe",
                keeper: host.keeper,
                environment: host.environment, descriptors: descriptors,
                deadline: monotonicNanoseconds() + 10_000_000_000)
            #expect(try ends.readAll() == "healthy\n")
            _ = try eventually { probe.identity.isAlive ? nil : true }
            // The keeper itself is where it was.
            #expect(try host.run("echo $$") == "1\n")
        }
    }
}

/// Everything until the terminal hangs up (EIO).
func readTerminal(_ terminal: consuming Descriptor?) -> String {
    guard let terminal else { return "no terminal" }
    var all: [UInt8] = []
    while let part = try? terminal.read(upTo: 4096), !part.isEmpty { all += part }
    return String(decoding: all, as: UTF8.self)
}
