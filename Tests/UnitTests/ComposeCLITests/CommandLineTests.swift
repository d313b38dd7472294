import ArgumentParser
import ComposeModel
import EngineDouble
import EngineModel
import LinuxSystem
import Primitives
import Reconciler
import SystemPackage
import TerminalUI
import Testing

@testable import ComposeCLI

@Suite("the command line")
struct CommandLineTests {
    @Test("root options stand before the sub-command, in all of pflag's spellings")
    func root() throws {
        let root = try RootOptions([
            "-f", "a.yaml", "--file=b.yaml", "-pname", "--env-file", "one,two", "--profile=x", "--ansi", "never",
            "--dry-run",
            "up", "-d", "--file",
        ])
        #expect(root.files == ["a.yaml", "b.yaml"] && root.projectName == "name" && root.envFiles == ["one", "two"])
        #expect(root.profiles == ["x"] && root.ansi == "never" && root.dryRun)
        #expect(root.rest == ["up", "-d", "--file"])
    }

    @Test(
        "wrong root options are named as docker names them",
        arguments: [
            (["--bogus"], "unknown flag: --bogus"), (["-x"], "unknown shorthand flag: 'x' in -x"),
            (["--file"], "flag needs an argument: --file"),
        ])
    func wrongRoot(_ words: [String], _ message: String) {
        #expect(throws: CommandError(usage: message)) { try RootOptions(words) }
    }

    @Test("flags may carry true or false, and options may be joined or combined")
    func flags() throws {
        let syntax = try CommandSyntax(of: UpCommand.self)
        let line = try CommandLineWords(
            ["-dV", "-t5", "--remove-orphans=false", "--yes=true", "--pull=", "web", "--build", "db"], syntax)
        #expect(line.arguments == ["web", "db"])
        let up = try UpCommand.parse(line.words)
        #expect(up.detach && up.renewAnonVolumes && up.timeout == 5 && up.creation.yes && up.creation.build)
        #expect(!up.creation.removeOrphans && up.creation.pull == "" && up.services == ["web", "db"])
        let down = try DownCommand.parse(
            CommandLineWords(["-t", "-1", "-v=false", "-v"], CommandSyntax(of: DownCommand.self)).words)
        #expect(down.timeout == -1 && down.volumes)
    }

    @Test("the options of run end at the service; what follows is the container's")
    func passThrough() throws {
        let line = try CommandLineWords(
            ["--rm", "-Te", "A=1", "web", "sh", "-c", "ls --all", "--help"], CommandSyntax(of: RunCommand.self),
            endsAtArgument: RunCommand.optionsEndAtArgument)
        #expect(!line.wantsHelp)
        let run = try RunCommand.parse(line.words)
        #expect(run.rm && run.noTTY && run.overrides.env == ["A=1"])
        #expect(run.words == ["web", "sh", "-c", "ls --all", "--help"])
    }

    @Test(
        "wrong options are named as docker names them",
        arguments: [
            (["--bogus=1"], "unknown flag: --bogus"), (["-dx"], "unknown shorthand flag: 'x' in -dx"),
            (["-t"], "flag needs an argument: 't' in -t"), (["--scale"], "flag needs an argument: --scale"),
            (["-t5s"], "invalid argument \"5s\" for \"-t, --timeout\" flag: it is not a number"),
            (["-d=maybe"], "invalid argument \"maybe\" for \"-d, --detach\" flag: it is true or false"),
        ])
    func wrongOptions(_ words: [String], _ message: String) throws {
        let syntax = try CommandSyntax(of: UpCommand.self)
        #expect(throws: CommandError(usage: message)) { try CommandLineWords(words, syntax) }
    }

    @Test("entrypoints are split as a shell does, ports and volumes read as docker does")
    func overrides() throws {
        #expect(try ShellWords.split("sh -c 'a b' \"c d\"\\ e") == ["sh", "-c", "a b", "c d e"])
        let port = try RunOverrides.port("127.0.0.1:8080:80/udp")
        #expect(
            port.hostIP == "127.0.0.1" && port.published == "8080" && port.target == 80 && port.protocolName == "udp")
        #expect(throws: CommandError.self) { try RunOverrides.port("http") }
    }

    @Test("scale takes SERVICE=NUMBER only")
    func scale() throws {
        #expect(try parseScale(["web=3"]) == ["web": 3])
        #expect(throws: CommandError.self) { try parseScale(["web"]) }
        #expect(throws: CommandError.self) { try parseScale(["web=-1"]) }
    }
}

@Suite("ps")
struct PsTests {
    private func container() -> Container {
        var configuration = ContainerConfiguration(name: "p-web-1", image: "nginx")
        configuration.labels = [ProjectLabel.project: "p", ProjectLabel.service: "web", ProjectLabel.configHash: "x"]
        configuration.exposedPorts = ["80/tcp", "443/tcp"]
        var container = Container(
            id: String(repeating: "a", count: 64), name: "p-web-1", imageID: "sha256:1", configuration: configuration,
            arguments: ["/docker-entrypoint.sh", "nginx", "-g"], created: Instant(nanoseconds: 0))
        container.state = .running
        container.health = .healthy
        container.startedAt = Instant(nanoseconds: 55_000_000_000)
        container.ports = [
            BoundPort(hostAddress: "0.0.0.0", hostPort: 8080, containerPort: 80, protocolName: "tcp"),
            BoundPort(hostAddress: "::", hostPort: 8080, containerPort: 80, protocolName: "tcp"),
        ]
        return container
    }

    @Test("status, command and ports are worded as docker words them")
    func words() {
        var item = container()
        let now = Instant(nanoseconds: 60_000_000_000)
        let running = ContainerSummary(item, now: now, full: false)
        #expect(running.status == "Up 5 seconds (healthy)")
        #expect(running.command == "\"/docker-entrypoint.…\"")
        #expect(running.ports == "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 443/tcp")
        item.state = .exited
        item.exitCode = 137
        item.finishedAt = Instant(nanoseconds: 0)
        let ended = ContainerSummary(item, now: Instant(nanoseconds: 180_000_000_000), full: false)
        #expect(ended.status == "Exited (137) 3 minutes ago" && ended.ports.isEmpty)
    }

    @Test("JSON has one object with docker's fields")
    func json() {
        let text = ContainerSummary(container(), now: Instant(nanoseconds: 60_000_000_000), full: false).json
            .description
        for field in ["\"ID\":\"aaaaaaaaaaaa\"", "\"ExitCode\":0", "\"Health\":\"healthy\"", "\"State\":\"running\""] {
            #expect(text.contains(field), "\(field)")
        }
        #expect(text.contains("{\"URL\":\"0.0.0.0\",\"TargetPort\":80,\"PublishedPort\":8080,\"Protocol\":\"tcp\"}"))
        #expect(!text.contains("\n"))
    }
}
