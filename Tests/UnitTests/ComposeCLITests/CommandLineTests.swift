import ArgumentParser
import ComposeModel
import EngineDouble
import EngineModel
import LinuxSystem
import Primitives
import Reconciler
import SystemPackage
import Templates
import TerminalUI
import Testing

@testable import ComposeCLI

struct CommandLineTests {
    @Test
    func rootOptionsStandBeforeTheSubCommandInAllOfPflagsSpellings() throws {
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
            (["--file"], "flag needs an argument: --file"), (["-fx", "-p"], "flag needs an argument: 'p' in -p"),
        ])
    func wrongRoot(_ words: [String], _ message: String) {
        #expect(throws: CommandError(usage: message)) { try RootOptions(words) }
    }

    @Test
    func flagsMayCarryTrueOrFalseAndOptionsMayBeJoinedOrCombined() throws {
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

    @Test
    func theOptionsOfRunEndAtTheServiceWhatFollowsIsTheContainers() throws {
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
            (["--bogus=1"], "unknown flag: --bogus"), (["-dx"], "unknown shorthand flag: 'x' in -x"),
            (["-t"], "flag needs an argument: 't' in -t"), (["--scale"], "flag needs an argument: --scale"),
            (
                ["-t5s"],
                "invalid argument \"5s\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"5s\": invalid syntax"
            ),
            (
                ["-t", "99999999999999999999"],
                "invalid argument \"99999999999999999999\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing "
                    + "\"99999999999999999999\": value out of range"
            ),
            (
                ["-d=maybe"],
                "invalid argument \"maybe\" for \"-d, --detach\" flag: strconv.ParseBool: parsing \"maybe\": "
                    + "invalid syntax"
            ),
            (["--=x"], "bad flag syntax: --=x"), (["---x"], "bad flag syntax: ---x"),
            (["-d="], "unknown shorthand flag: '=' in -="),
        ])
    func wrongOptions(_ words: [String], _ message: String) throws {
        let syntax = try CommandSyntax(of: UpCommand.self)
        #expect(throws: CommandError(usage: message, of: "up")) { try CommandLineWords(words, syntax, of: "up") }
    }

    @Test func theHintNamesTheHelpOfTheCommand() {
        #expect(CommandError(usage: "x", of: "image ls").hint == "see `compose image ls --help`")
        #expect(CommandError(usage: "x").hint == "see `compose --help`")
    }

    @Test(
        "sizes are refused in the words of docker's units",
        arguments: [("bad", "invalid size: 'bad'"), ("-1k", "invalid size: '-1k'"), ("1zz", "invalid suffix: 'zz'")])
    func wrongSizes(_ size: String, _ reason: String) throws {
        let syntax = try CommandSyntax(of: BuildCommand.self)
        #expect(throws: CommandError(usage: "invalid argument \"\(size)\" for \"-m, --memory\" flag: \(reason)")) {
            try CommandLineWords(["-m", size], syntax)
        }
        #expect(try CommandLineWords(["-m", "1.5g"], syntax).values(of: "memory") == ["1.5g"])
    }

    @Test(
        "numbers of arguments are refused as docker refuses them",
        arguments: [
            ("exec", ["web"], "requires at least 2 arg(s), only received 1"),
            ("commit", [], "accepts between 1 and 2 arg(s), received 0"),
            ("ls", ["x"], "unknown command \"x\" for \"compose ls\""),
            ("attach", [], "requires at least 1 arg(s), only received 0"),
            ("attach", ["a", "b"], "accepts at most 1 arg(s), received 2"),
            (
                "cp", ["a"],
                "'compose cp' requires 2 arguments\n\nUsage:  compose cp [OPTIONS] SERVICE:SRC_PATH DEST_PATH|-\n"
                    + "\tcompose cp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH"
            ),
            (
                "wait", [],
                "'compose wait' requires at least 1 argument\n\nUsage:  compose wait [OPTIONS] SERVICE [SERVICE...]"
            ),
        ])
    func wrongCounts(_ name: String, _ words: [String], _ message: String) throws {
        let entry = try #require(CommandList.commands.first { $0.name == name })
        #expect(throws: CommandError(usage: message, of: name)) { try entry.command(entry.read(words)) }
    }

    @Test(arguments: CommandList.all.map(\.path))
    func tooFewArgumentsAreNeverToldInTheWordsOfALibrary(_ path: String) throws {
        let entry = try #require(CommandList.all.first { $0.path == path })
        do {
            _ = try entry.command(entry.read([]))
        } catch let error as CommandError {
            #expect(error.message.contains("require") || error.message.hasPrefix("accepts"), "\(error.message)")
        }
    }

    @Test func enginesElsewhereAreRefusedWithWhatToDo() throws {
        for words in [["-H", "tcp://x"], ["--context", "far"], ["--tls"], ["--tlscacert=x"]] {
            let error = #expect(throws: CommandError.self) { try RootOptions(words).check([:]) }
            #expect(error?.message.contains("is not supported") == true && error?.hint.isEmpty == false)
        }
        try RootOptions(["--context", "default", "--log-level", "debug"]).check([:])
        #expect(try RootOptions(["--log-level", "debug"]).debug)
        #expect(throws: CommandError("Unable to parse logging level: bad")) {
            try RootOptions(["--log-level", "bad"]).check([:])
        }
    }

    @Test func dockersWordsAtTheTopPointToTheirPlace() throws {
        let error = #expect(throws: CommandError.self) { try CommandList.target(of: ["rmi", "x"]) }
        #expect(error?.hint == "it is `compose image rm` here")
    }

    @Test
    func entrypointsAreSplitAsAShellDoes() throws {
        #expect(try ShellWords.split("sh -c 'a b' \"c d\"\\ e") == ["sh", "-c", "a b", "c d e"])
    }

    private func run(_ arguments: String...) throws -> (overrides: RunOverrides, context: CommandContext) {
        let line = try CommandLineWords(arguments + ["web"], CommandSyntax(of: RunCommand.self))
        let run = try #require(try RunCommand.parseAsRoot(line.words) as? RunCommand)
        let writer = OutputWriter(1, immediate: true)
        let context = CommandContext(
            root: try RootOptions([]), environment: ["HOME": "/h"], workingDirectory: "/w", output: writer,
            errors: writer)
        return (run.overrides, context)
    }

    @Test
    func runPMeansWhatAFilesPortsMean() throws {
        let ports = try run("-p", "8000-8001:80-81", "--publish", "[::1]::53/udp").overrides.ports()
        #expect(
            try ports.map { try $0.mapping.get().description } == ["8000:80/tcp", "8001:81/tcp", "[::1]::53/udp"])
        for wrong in ["http", "８0:80", "80:80/tpc", "1-2:3-5"] {
            #expect(throws: CommandError.self) { try run("-p", wrong).overrides.ports() }
        }
    }

    @Test
    func runVMeansWhatAFilesVolumesMean() throws {
        var service = Service(name: "web")
        service.volumes = [ServiceVolume(kind: .volume, source: "old", target: "/b")]
        let (overrides, context) = try run(
            "-v", "aa:/b/:z", "-v", "./c:/d:rslave", "-v", "ee:/f:nocopy", "-v", "~/g:/h:ro,Z", "-v", "/i")
        try overrides.apply(to: &service, context)
        #expect(service.volumes.map(\.source) == ["aa", "/w/c", "ee", "/h/g", nil])
        #expect(service.volumes.map(\.target) == ["/b", "/d", "/f", "/h", "/i"])
        #expect(service.volumes.map(\.bind?.selinux) == [.shared, nil, nil, .private, nil])
        #expect(service.volumes[1].bind?.propagation == .rslave && service.volumes[1].kind == .bind)
        #expect(service.volumes[2].volume?.nocopy == true && service.volumes[2].kind == .volume)
        #expect(service.volumes[3].readOnly)
        for wrong in ["a:b", "aa::/b", "a:/b:ro:z", ""] {
            let (overrides, context) = try run("-v", wrong)
            #expect(throws: CommandError.self) { try overrides.apply(to: &service, context) }
        }
    }

    @Test
    func scaleTakesSERVICENUMBEROnly() throws {
        #expect(try parseScale(["web=3"]) == ["web": 3])
        #expect(throws: CommandError.self) { try parseScale(["web"]) }
        #expect(throws: CommandError.self) { try parseScale(["web=-1"]) }
    }
}

struct PsTests {
    private func container() -> Container {
        var configuration = ContainerConfiguration(name: "p-web-1", image: "nginx")
        configuration.labels = [ProjectLabel.project: "p", ProjectLabel.service: "web", ProjectLabel.configHash: "x"]
        configuration.exposedPorts = [ContainerPort(80), ContainerPort(443)]
        var container = Container(
            id: String(repeating: "a", count: 64), name: "p-web-1", imageID: "sha256:1", configuration: configuration,
            arguments: ["/docker-entrypoint.sh", "nginx", "-g"], created: Instant(nanoseconds: 0))
        container.state = .running
        container.health = .healthy
        container.startedAt = Instant(nanoseconds: 55_000_000_000)
        container.ports = [
            BoundPort(hostAddress: .v4(.unspecified), hostPort: 8080, containerPort: 80),
            BoundPort(hostAddress: .v6(.unspecified), hostPort: 8080, containerPort: 80),
        ]
        return container
    }

    @Test
    func statusCommandAndPortsAreWordedAsDockerWordsThem() {
        var item = container()
        let now = Instant(nanoseconds: 60_000_000_000)
        let running = ContainerSummary(item, now: now, full: false)
        #expect(running.status == "Up 5 seconds (healthy)")
        #expect(running.command == "\"/docker-entrypoint.…\"")
        #expect(running.ports == "443/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp")
        item.state = .exited
        item.exitCode = 137
        item.finishedAt = Instant(nanoseconds: 0)
        let ended = ContainerSummary(item, now: Instant(nanoseconds: 180_000_000_000), full: false)
        #expect(ended.status == "Exited (137) 3 minutes ago" && ended.ports.isEmpty)
    }

    @Test
    func jsonHasOneObjectWithDockersFields() {
        let record = ContainerSummary(container(), now: Instant(nanoseconds: 60_000_000_000), full: false).record
        let text = record.fields.map { "\"\($0.name)\":\($0.value.json)" }.joined(separator: ",")
        for field in ["\"ID\":\"aaaaaaaaaaaa\"", "\"ExitCode\":0", "\"Health\":\"healthy\"", "\"State\":\"running\""] {
            #expect(text.contains(field), "\(field)")
        }
        #expect(text.contains("{\"URL\":\"0.0.0.0\",\"TargetPort\":80,\"PublishedPort\":8080,\"Protocol\":\"tcp\"}"))
        #expect(!text.contains("\n"))
    }

    private func text(of field: String, full: Bool = false, _ change: (inout Container) -> Void) -> String {
        var item = container()
        change(&item)
        return ContainerSummary(item, now: Instant(nanoseconds: 60_000_000_000), full: full).record.text(field)
    }

    @Test
    func aCommandIsOneLineOnWhichArgumentsStandApart() {
        let words = ["sh", "-c", "echo hello;\necho \"two\"", "x"]
        #expect(text(of: "Command") { $0.arguments = words } == #""sh -c 'echo hello;\n…""#)
        #expect(
            text(of: "Command", full: true) { $0.arguments = words } == #""sh -c 'echo hello;\necho \"two\"' x""#)
    }

    @Test
    func portsInARowAreARange() {
        func bound(_ host: UInt16, _ port: UInt16, _ transport: TransportProtocol = .tcp) -> BoundPort {
            BoundPort(hostAddress: .v4(.unspecified), hostPort: host, containerPort: port, transport: transport)
        }
        let shown = text(of: "Ports") { item in
            item.ports = [bound(81, 81), bound(80, 80), bound(90, 90), bound(1, 82), bound(53, 53, .udp)]
            item.configuration.exposedPorts = [80, 7000, 7001, 7002].map { ContainerPort($0) }
        }
        #expect(
            shown
                == "0.0.0.0:80-81->80-81/tcp, 0.0.0.0:53->53/udp, 0.0.0.0:90->90/tcp, 7000-7002/tcp, 0.0.0.0:1->82/tcp")
    }

    @Test
    func aContainerWithoutItsOwnNetworkNamesTheHosts() {
        #expect(text(of: "Networks") { $0.configuration.networkMode = .host } == "host")
        #expect(text(of: "Networks") { $0.configuration.networkMode = .none } == "none")
        #expect(text(of: "Networks") { $0.configuration.networkMode = .container("x") } == "")
    }

    @Test
    func mountsAreCutUnlessAllIsWanted() {
        let mount = MountPoint(
            type: "volume", name: "a_volume_with_a_long_name", source: "/x", target: "/y", readOnly: false,
            anonymous: false)
        #expect(text(of: "Mounts") { $0.mounts = [mount] } == "a_volume_with_…")
        #expect(text(of: "Mounts", full: true) { $0.mounts = [mount] } == "a_volume_with_a_long_name")
    }
}
