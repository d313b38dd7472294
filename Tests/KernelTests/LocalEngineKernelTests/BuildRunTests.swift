import EngineModel
import Glibc
import ImageBuilder
import LinuxSystem
import Primitives
import StateStore
import SystemPackage
import Testing

@testable import LocalEngine

struct BuildRunTests {
    @Test func outputGoesToTheCallbackAndTheExitCodeIsReturned() throws {
        let build = try TestBuild()
        defer { build.close() }
        let outcome = try build.run("echo out; echo err >&2; exit 3")
        #expect(outcome.code == 3)
        #expect(outcome.output == "out\n")
        #expect(outcome.error == "err\n")
    }

    @Test func aStepThatChangesNothingLeavesAnEmptyLayer() throws {
        let build = try TestBuild()
        defer { build.close() }
        let cache = try build.folder("cache")
        let outcome = try build.run(
            "ls /proc/self /dev/null /sys/kernel /etc/hosts /etc/resolv.conf /root/.cache/deep /run/secrets/s > /dev/null",
            mounts: [
                BuildMount(.directory(path: cache, readOnly: false), at: "/root/.cache/deep"),
                BuildMount(.secretFile(content: [1], mode: 0o400, uid: 0, gid: 0), at: "/run/secrets/s"),
                BuildMount(.tmpfs(size: nil), at: "/scratch"),
            ])
        #expect(outcome.code == 0)
        #expect(outcome.changes == [])
    }

    @Test func changesAreInTheUpperDirectory() throws {
        let build = try TestBuild()
        defer { build.close() }
        let outcome = try build.run("mkdir /etc/app; echo hi > /etc/app/file; rm /tmp -r")
        #expect(outcome.code == 0)
        #expect(outcome.changes == ["etc", "etc/app", "etc/app/file", "tmp"])
        #expect(try Files.read(outcome.upper + "/etc/app/file") == Array("hi\n".utf8))
    }

    @Test func placesThatALayerDeletedAreRemovedAgain() throws {
        let build = try TestBuild()
        defer { build.close() }
        let first = try build.run("mkdir -p /etc/x /data/sub; echo > /etc/hosts2; echo a > /data/f")
        let second = try build.run("rm -r /data /etc/x", layers: [first.upper])
        let third = try build.run(
            "cat /data/key", layers: [second.upper, first.upper],
            mounts: [BuildMount(.secretFile(content: Array("k".utf8), mode: 0o400, uid: 0, gid: 0), at: "/data/key")])
        #expect(third.output == "k")
        #expect(third.changes == [])
    }

    @Test func treesAreMountedAndWritesToThemThrownAway() throws {
        let build = try TestBuild()
        defer { build.close() }
        let (low, high) = (try build.folder("low"), try build.folder("high"))
        try Files.makeDirectories(low + "/app", mode: 0o755)
        try Files.makeDirectories(high + "/app", mode: 0o755)
        try Files.replace(low + "/app/a", with: Array("a\n".utf8), mode: 0o644)
        try Files.replace(high + "/app/b", with: Array("b\n".utf8), mode: 0o644)
        symlink("/app", high + "/link")
        let outcome = try build.run(
            "cat /m/a /m/b /w/b /one /s/app/a; touch /m/x || echo refused; echo new > /w/n && cat /w/n; mount | grep -c overlay",
            mounts: [
                BuildMount(.tree(layers: [high, low], path: "/link", writable: false), at: "/m"),
                BuildMount(.tree(layers: [high, low], path: "/app", writable: true), at: "/w"),
                BuildMount(.tree(layers: [high, low], path: "/app/b", writable: false), at: "/one"),
                BuildMount(.tree(layers: [low], path: "/", writable: false), at: "/s"),
            ])
        #expect(outcome.output.hasPrefix("a\nb\nb\nb\na\nrefused\nnew\n"), "\(outcome)")
        #expect(outcome.changes == [])
        #expect(try TestBuild.tree(high) == ["app", "app/b", "link"])
    }

    @Test func secretsHaveTheirModeAndOwner() throws {
        let build = try TestBuild()
        defer { build.close() }
        let outcome = try build.run(
            "cat /s; stat -c '%a %u %g' /s; grep ' /s ' /proc/self/mountinfo",
            mounts: [
                BuildMount(.secretFile(content: Array("hush\n".utf8), mode: 0o440, uid: 7, gid: 8), at: "/s")
            ])
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.prefix(2) == ["hush", "440 7 8"])
        #expect(lines.last?.contains("- tmpfs") == true)
    }

    @Test func socketsLeadToTheHost() throws {
        let build = try TestBuild()
        defer { build.close() }
        let path = build.base + "/agent"
        let listener = try Descriptor.unixSocket(.stream)
        try listener.bind(to: UnixAddress(path))
        try listener.listen(backlog: 1)
        let outcome = try build.run(
            "test -S /run/agent.sock && stat -c '%a %u %g' /run/agent.sock",
            mounts: [BuildMount(.socket(path: path, mode: 0o600, uid: 5, gid: 6), at: "/run/agent.sock")])
        #expect(outcome.output == "600 5 6\n")
        #expect(outcome.changes == [])

        let relay = try SocketRelay("relay", in: build.base, to: path, mode: 0o600, uid: 0, gid: 0)
        defer { relay.end() }
        let client = try Descriptor.unixSocket(.stream)
        try client.connect(to: UnixAddress(build.base + "/relay"))
        try client.writeAll(Array("hello".utf8))
        let server = try listener.accept()
        #expect(try server.read(upTo: 100) == Array("hello".utf8))
        try server.writeAll(Array("answer".utf8))
        #expect(try client.read(upTo: 100) == Array("answer".utf8))
    }

    @Test func processesLeftRunningAreKilled() throws {
        let build = try TestBuild()
        defer { build.close() }
        let begin = monotonicNanoseconds()
        let outcome = try build.run("sleep 1000 & echo started")
        #expect(outcome.output == "started\n")
        #expect(monotonicNanoseconds() - begin < 10_000_000_000)
    }

    @Test func aProgramThatIsMissingSaysSo() throws {
        let build = try TestBuild()
        defer { build.close() }
        let error = #expect(throws: EngineError.self) { try build.run(command: ["nosuch"]) }
        #expect(error?.exitCode == 127)
        #expect(error?.reason == "exec: \"nosuch\": executable file not found in $PATH")
    }

    @Test func cancellingKillsTheProgram() throws {
        let build = try TestBuild()
        defer { build.close() }
        let cancellation = Cancellation()
        try startThread(name: "cancel") {
            pause(until: monotonicNanoseconds() + 50_000_000)
            cancellation.cancel()
        }
        let error = #expect(throws: EngineError.self) { try build.run("sleep 1000", cancellation: cancellation) }
        #expect(error?.code == .cancelled)
    }

    @Test func stepsShareTheNetworkOfBuilds() throws {
        let build = try TestBuild()
        defer { build.close() }
        let outcome = try build.run("ip -o -4 addr show eth0; cat /etc/resolv.conf; cat /etc/hosts") {
            $0.networkMode = .networks
            $0.extraHosts = ["db:10.1.2.3"]
        }
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("eth0"))
        #expect(outcome.output.contains("nameserver 127.0.0.11"))
        #expect(outcome.output.contains("10.1.2.3\tdb"))
        #expect(Files.exists(build.layout.runRoot + "/builds/network.json"))
        build.runner.finish()
        #expect(!Files.exists(build.layout.runRoot + "/builds/network.json"))
        #expect(try Files.list(build.layout.runRoot + "/builds") == ["lock"])
        #expect(try Files.list(build.layout.dataRoot + "/builds") == [])
    }
}
