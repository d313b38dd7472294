internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

struct RunCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atLeast(1)
    static let optionsEndAtArgument = true

    @OptionGroup var overrides: RunOverrides
    @Flag(help: "Build image before starting container")
    var build = false
    @Flag(name: .shortAndLong, help: "Run container in background and print container ID")
    var detach = false
    @Flag(name: .shortAndLong, inversion: .prefixedNo, help: "Keep STDIN open even if not attached")
    var interactive = true
    @Option(help: "Assign a name to the container")
    var name: String?
    @Flag(
        name: [.customShort("T"), .customLong("no-TTY"), .customLong("no-tty")],
        help: "Disable pseudo-TTY allocation (default: auto-detected)")
    var noTTY = false
    @Flag(
        name: .shortAndLong,
        help: ArgumentHelp("Allocate a pseudo-TTY: on a terminal that is the default", visibility: .hidden))
    var tty = false
    @Flag(help: "Don't start linked services")
    var noDeps = false
    @Option(help: "Pull image before running (\"always\"|\"missing\"|\"never\")")
    var pull = "policy"
    @Flag(name: .shortAndLong, help: "Don't print anything to STDOUT")
    var quiet = false
    @Flag(help: "Suppress progress output from the build process")
    var quietBuild = false
    @Flag(help: "Pull without printing progress information")
    var quietPull = false
    @Flag(help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false
    @Flag(help: "Automatically remove the container when it exits")
    var rm = false
    @Flag(
        name: [.customShort("P"), .long], help: "Run command with all service's ports enabled and mapped to the host")
    var servicePorts = false
    @Flag(help: "Use the service's network useAliases in the network(s) the container connects to")
    var useAliases = false
    @Argument(help: "SERVICE [COMMAND] [ARGS...]")
    var words: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let name = words[0]
        if servicePorts && !overrides.publish.isEmpty {
            throw CommandError("--service-ports and --publish are incompatible")
        }
        if tty && noTTY { throw CommandError("--tty and --no-TTY can't be used together") }
        let supply = try supplyRequest()
        let signals = try SignalForwarder()
        var project = try context.projectToStart(
            services: [name], policy: noDeps ? .none : .dependencies, yes: false, starts: false)
        guard var service = project.services[name] else { throw CommandError("no such service: \(name)") }
        let terminal = !noTTY && !detach && isatty(0) == 1
        try overrides.apply(to: &service, context)
        service.containerName = nil
        service.tty = terminal || (detach && service.tty && !noTTY)
        service.stdinOpen = interactive && !detach
        if words.count > 1 { service.command = Array(words.dropFirst()) }
        if !servicePorts { service.ports = try overrides.ports() }
        project.services[name] = service
        let volumes = project.adoptVolumes(of: service)

        let detached = Cancellation()
        let id = try begin(project, name, volumes, supply, detached, context, signals)
        if detach {
            context.output.line(id)
            return 0
        }
        return try stay(id, detached, context, signals)
    }

    /// What the program prints is on standard output, and nothing else.
    private func supplyRequest() throws(CommandError) -> SupplyRequest {
        var request = SupplyRequest()
        request.options.policy = try SupplyRequest.policy(pull)
        request.options.build = build
        request.quietPull = quietPull || quiet
        request.quietBuild = quietBuild || quiet
        request.progressOnErrors = true
        return request
    }

    /// Makes and starts the container, and what it needs, while no other command changes the project; returns its id.
    private func begin(
        _ project: Project, _ service: String, _ volumes: [String], _ supply: SupplyRequest,
        _ detached: Cancellation, _ context: CommandContext, _ signals: SignalForwarder
    ) throws -> String {
        var options = UpOptions()
        options.separator = context.separator
        options.removeOrphans = removeOrphans
        options.ignoreOrphans = context.flag("COMPOSE_IGNORE_ORPHANS")
        options.environmentFiles = context.root.envFiles
        let cancellation = Cancellation()
        signals.forward { _ in cancellation.cancel() }
        let project = try context.provide(project)
        let engine = try context.engine()
        let images = try engine.holdImages()
        defer { images.release() }
        let supplied = try context.supply(
            project, try observeNeeds(of: project, engine: engine), supply, cancellation: cancellation)
        signals.forward { number in _exit(128 + number) }
        options.configHash = { configurationHash(of: $0) }
        let chosen = options
        return try context.queued(project.name) {
            for name in volumes where try engine.volume(named: name) == nil {
                try engine.createVolume(VolumeConfiguration(name: name))
            }
            var observed = try observe(project, engine: engine)
            observed.images = supplied.images
            for name in volumes where observed.volumes[name] == nil {
                // A trial made none.
                observed.volumes[name] = Volume(
                    configuration: VolumeConfiguration(name: name), created: .now(), path: "", anonymous: false)
            }
            var (plan, container) = try planRun(
                service, of: project, observed, chosen, slug: RandomIdentifier.make(), name: name,
                useAliases: useAliases, digest: CommandContext.digest)
            container.autoRemove = rm && detach
            try context.carryOut(plan, title: "Creating", silent: quiet)
            let id = try engine.createContainer(container)
            try start(id, detached, context)
            return id
        }
    }

    /// With this process's streams, unless it is to go on in the background.
    private func start(_ id: String, _ detached: Cancellation, _ context: CommandContext) throws {
        let engine = try context.engine()
        if detach { return try engine.startContainer(id, attach: nil) }
        context.output.flush()
        var streams = AttachedStreams(input: interactive ? 0 : nil, output: 1, error: 2)
        streams.detachKeys = try context.detachKeys()
        streams.detached = { detached.cancel() }
        do throws(EngineError) {
            try engine.startContainer(id, attach: streams)
        } catch {
            if rm { try? engine.removeContainer(id, force: true, volumes: true) }
            guard let code = error.exitCode else { throw error }
            throw CommandError(error.description, hint: error.hint, exitCode: code)
        }
    }

    /// Stays until the container ends, or until the keys are typed that let go of it.
    private func stay(
        _ id: String, _ detached: Cancellation, _ context: CommandContext, _ signals: SignalForwarder
    ) throws -> Int32 {
        let engine = try context.engine()
        signals.forward { number in try? engine.killContainer(id, signal: "\(number)") }
        let code = try engine.waitForExit(id, cancellation: detached)
        signals.stop()
        guard let code else {
            if rm { context.warn("container \(id.prefix(12)) goes on, and stays when it ends: --rm is this command's") }
            return 0
        }
        if rm { try? engine.removeContainer(id, force: true, volumes: true) }
        return code
    }
}
