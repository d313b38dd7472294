import ComposeModel
import EngineDouble
import EngineModel
import Glibc
import ImageBuilder
import ImageModel
import LinuxSystem
import Primitives
import Reconciler
import Registry
import Synchronization
import SystemPackage
import TerminalUI
import Testing

@testable import ComposeCLI

/// A registry that only answers what it is asked.
private final class AskedSource: ImageSource {
    private let asked = Mutex<[String]>([])
    var calls: [String] { asked.withLock(\.self) }

    private func call(_ text: String) { asked.withLock { $0.append(text) } }

    func pull(
        _ reference: ImageReference, platform: Platform?, cancellation: Cancellation,
        progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError) -> String {
        call("pull \(reference.familiar)")
        return ""
    }
    func push(
        _ reference: ImageReference, cancellation: Cancellation, progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError) { call("push \(reference.familiar)") }
    func resolve(_ reference: ImageReference, cancellation: Cancellation) throws(EngineError) -> Digest {
        call("resolve \(reference.familiar)")
        guard let digest = Digest(hex: String(repeating: "a", count: 64)) else {
            throw EngineError(.invalid, "digest", "it is not one")
        }
        return digest
    }
    func build(
        _ request: BuildRequest, cancellation: Cancellation, events: @escaping @Sendable (BuildEvent) -> Void
    ) throws(BuildError) -> BuiltImage {
        call("build")
        return BuiltImage(id: "", names: [])
    }
}

struct DryRunTests {
    /// What each command is given after `--dry-run`; a new command has to be added here.
    private static let arguments: [String: [String]] = [
        "alpha viz": [], "attach": ["web"], "build": [], "commit": ["web", "name"], "config": ["-o", "written"],
        "cp": ["web:/etc", "copied"], "create": ["--force-recreate"], "down": ["-v", "--rmi", "all"],
        "events": ["--until", "1s"], "exec": ["-d", "web", "true"], "export": ["-o", "exported", "web"], "images": [],
        "kill": [], "logs": [], "ls": [], "network connect": ["p_default", "p-web-1"], "network create": ["fresh"],
        "network disconnect": ["p_default", "p-web-1"], "network inspect": ["p_default"],
        "network ls": [], "network prune": ["-f"], "network rm": ["p_default"], "pause": [], "port": ["web", "80"],
        "ps": [], "publish": ["-y", "registry/app"], "pull": [], "push": [], "restart": [], "rm": ["-f", "-s"],
        "run": ["-d", "web", "true"], "scale": ["web=3"], "start": [], "stats": ["--no-stream"], "stop": [],
        "system start": [], "system stop": [], "top": [], "unpause": [], "up": ["-d", "-V"], "version": [],
        "volume create": ["fresh"], "volume inspect": ["p_data"], "volume ls": [], "volume prune": ["-a", "-f"],
        "volume rm": ["p_data"], "volumes": [], "wait": ["web"], "watch": [],
    ]

    private static let file = """
        name: p
        services:
          web:
            image: app
            volumes: [data:/data, /anon]
          made:
            build: .
            image: registry/made
        volumes:
          data:
        """

    /// A project whose container runs and whose image is at a registry.
    private func scene() throws -> FakeEngine {
        let engine = FakeEngine()
        engine.addImage("app", id: "sha256:1")
        var configuration = ContainerConfiguration(name: "p-web-1", image: "app")
        configuration.labels = [
            ProjectLabel.project: "p", ProjectLabel.service: "web", ProjectLabel.configHash: "old",
            ProjectLabel.containerNumber: "1", ProjectLabel.oneOff: "False",
        ]
        let id = try engine.createContainer(configuration)
        try engine.startContainer(id, attach: nil)
        try engine.createNetwork(NetworkConfiguration(name: "p_default"))
        var volume = VolumeConfiguration(name: "p_data")
        volume.labels = [ProjectLabel.project: "p", ProjectLabel.volume: "data"]
        try engine.createVolume(volume)
        engine.update { $0.calls = [] }
        return engine
    }

    @Test(arguments: CommandList.all.filter(\.hasDryRun).map(\.path))
    func noCommandChangesAnythingInADryRun(_ path: String) throws {
        let words = try #require(Self.arguments[path], "say in `arguments` how a dry run of `\(path)` is tried")
        let entry = try #require(CommandList.all.first { $0.path == path })
        let engine = try scene()
        let source = AskedSource()
        let folder = try TemporaryFolder()
        try Files.replace(folder.path + "/compose.yaml", with: Array(Self.file.utf8))
        let nothing = try Descriptor.open("/dev/null", O_WRONLY)
        let output = OutputWriter(nothing.raw)
        var root = try RootOptions(["--dry-run", "--progress", "plain"])
        root.rest = [path]
        let context = CommandContext(
            root: root, environment: [:], workingDirectory: folder.path, output: output, errors: output,
            engine: engine, images: source)
        let command = try entry.command(entry.read(words))
        do {
            _ = try command.execute(context)
        } catch {
            // Refusing is as good.
        }
        #expect(engine.calls.filter { !$0.hasPrefix("archive") && !$0.hasPrefix("export") } == [])
        #expect(source.calls.filter { !$0.hasPrefix("resolve") } == [])
        #expect(try Files.list(folder.path) == ["compose.yaml"])
    }

    @Test func whatIsNoDryRunIsRefusedAtTheRecordToo() throws {
        let nothing = try Descriptor.open("/dev/null", O_WRONLY)
        let output = OutputWriter(nothing.raw)
        let context = CommandContext(
            root: try RootOptions(["--dry-run", "image", "rm"]), environment: [:], workingDirectory: "/",
            output: output, errors: output)
        #expect(throws: CommandError("compose image has no dry run")) { try context.images() }
    }

    @Test(arguments: [
        (["attach", "web"], "interactive run is not supported in dry-run mode"),
        (["run", "web"], "interactive run is not supported in dry-run mode"),
        (["exec", "-T", "web", "true"], "interactive exec is not supported in dry-run mode"),
    ])
    func whatTheUserWouldTalkToIsRefusedInDockersWords(_ words: [String], _ message: String) throws {
        let engine = try scene()
        let folder = try TemporaryFolder()
        try Files.replace(folder.path + "/compose.yaml", with: Array(Self.file.utf8))
        let nothing = try Descriptor.open("/dev/null", O_WRONLY)
        let output = OutputWriter(nothing.raw)
        let context = CommandContext(
            root: try RootOptions(["--dry-run"] + words), environment: [:], workingDirectory: folder.path,
            output: output, errors: output, engine: engine, images: AskedSource())
        let entry = try #require(CommandList.commands.first { $0.name == words[0] })
        let command = try entry.command(entry.read(Array(words.dropFirst())))
        let error = #expect(throws: (any Error).self) { try command.execute(context) }
        #expect(error.flatMap { RenderedError($0) }?.message == message)
    }
}

/// A directory that goes with the value.
private final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/compose-cli-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit { try? Files.removeTree(path) }
}
