internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import LocalEngine
internal import Primitives
internal import Reconciler
internal import Registry
internal import Synchronization
internal import TerminalUI

/// What every command works with: root options, the caller's environment, output, and the engine once it is needed.
final class CommandContext: Sendable {
    let root: RootOptions
    /// The caller's environment and, below it, the `COMPOSE_…` variables of `.env` or of the files that stand for it.
    let environment: [String: String]
    /// The caller's alone: what the loader starts from.
    private let callerEnvironment: [String: String]
    let workingDirectory: String
    let output: OutputWriter
    let errors: OutputWriter
    private let opened = Mutex<(any Engine)?>(nil)
    private let source = Mutex<(any ImageSource)?>(nil)

    /// - Parameters:
    ///   - engine: nil opens this host's own when a command first asks for it.
    ///   - images: nil are registries and builds on this host.
    init(
        root: RootOptions, environment: [String: String], workingDirectory: String, output: OutputWriter,
        errors: OutputWriter, engine: (any Engine)? = nil, images: (any ImageSource)? = nil
    ) {
        self.root = root
        callerEnvironment = environment
        var options = LoadOptions(environment: environment, workingDirectory: workingDirectory)
        options.take(root)
        self.environment = projectEnvironment(options, files: HostFiles())
            .filter { $0.key.hasPrefix("COMPOSE_") }
            .merging(environment) { _, caller in caller }
        self.workingDirectory = workingDirectory
        self.output = output
        self.errors = errors
        opened.withLock { $0 = engine }
        source.withLock { $0 = images }
    }

    /// With `--dry-run` one that only looks.
    func engine() throws(EngineError) -> any Engine {
        let engine = try changingEngine()
        return root.dryRun ? DryRunEngine(engine: engine) : engine
    }

    private func changingEngine() throws(EngineError) -> any Engine {
        if let engine = opened.withLock({ $0 }) { return engine }
        let engine = try LocalEngine()
        opened.withLock { $0 = engine }
        return engine
    }

    /// Where images are pulled from and pushed to, and what builds them. With `--dry-run` registries are only asked.
    func imageSource() throws(EngineError) -> any ImageSource {
        let source = try changingImageSource()
        return root.dryRun ? DryRunImageSource(source: source) : source
    }

    private func changingImageSource() throws(EngineError) -> any ImageSource {
        if let known = source.withLock({ $0 }) { return known }
        guard let engine = try changingEngine() as? LocalEngine else {
            throw EngineError(.unsupported, "images", "only this host's own engine can pull and build them")
        }
        let made = LocalImageSource(
            store: engine.images, options: .fromEnvironment(environment), runner: { engine.buildRunner() })
        source.withLock { $0 = made }
        return made
    }

    // MARK: Projects

    func loadOptions(services: [String] = [], policy: LoadOptions.DependencyPolicy = .dependencies) -> LoadOptions {
        var options = LoadOptions(environment: callerEnvironment, workingDirectory: workingDirectory)
        options.take(root)
        options.services = services
        options.dependencyPolicy = policy
        return options
    }

    /// Loads the project with `services` and, by `policy`, those that they depend on. Warnings go to standard error.
    func project(
        services: [String] = [], policy: LoadOptions.DependencyPolicy = .dependencies
    ) throws(LoadFailure) -> Project {
        let result = try loadProject(loadOptions(services: services, policy: policy), files: HostFiles())
        for warning in result.warnings { warn(warning.description) }
        return result.project
    }

    /// The project for a command that makes containers: what nothing can be made from is refused, what has no effect here
    /// is warned about, and files from elsewhere are asked about unless `yes` is the answer already.
    ///
    /// - Parameter starts: all of them are to run side by side.
    func projectToStart(
        services: [String], policy: LoadOptions.DependencyPolicy = .dependencies, yes: Bool, starts: Bool = true
    ) throws -> Project {
        let project = try project(services: services, policy: policy)
        try refuseGaps(in: project, starting: starts)
        try confirmRemoteFiles(of: project, yes: yes || root.dryRun)
        for gap in attributeWarnings(in: project) { warn(gap.description) }
        return project
    }

    /// For commands that can do with the containers' labels: the project when a file was named or can be found, else
    /// only the name from `-p` or COMPOSE_PROJECT_NAME.
    func projectOrName(services: [String] = []) throws(LoadFailure) -> (project: Project?, name: String) {
        if root.files.isEmpty, let name = root.projectName, !name.isEmpty { return (nil, name) }
        do throws(LoadFailure) {
            let project = try project(services: services)
            return (project, project.name)
        } catch {
            if let name = environment["COMPOSE_PROJECT_NAME"], !name.isEmpty { return (nil, name) }
            throw error
        }
    }

    // MARK: Output

    var separator: String {
        root.compatibility || RootOptions.boolean(environment["COMPOSE_COMPATIBILITY"] ?? "") == true ? "_" : "-"
    }

    var ansi: AnsiMode { AnsiMode(rawValue: root.ansi ?? environment["COMPOSE_ANSI"] ?? "auto") ?? .auto }

    var noColour: Bool { !(environment["NO_COLOR"] ?? "").isEmpty }

    func colours(on writer: OutputWriter) -> Bool {
        ansi.colours(terminal: writer.isTerminal, noColour: noColour)
    }

    var progressMode: ProgressMode {
        switch root.progress ?? environment["COMPOSE_PROGRESS"] ?? "auto" {
        case "tty": .tty
        case "plain": .plain
        case "json": .json
        case "quiet", "none": .quiet
        default:
            switch ansi {
            case .never: .plain
            case .always: .tty
            case .auto: statusOutput.isTerminal ? .tty : .plain
            }
        }
    }

    private var statusOutput: OutputWriter {
        RootOptions.boolean(environment["COMPOSE_STATUS_STDOUT"] ?? "") == true ? output : errors
    }

    /// - Parameters:
    ///   - title: `Running`, `Stopping` …
    ///   - amidOutput: other lines are printed meanwhile: a list that is drawn over would take them with it.
    func progress(_ title: String, amidOutput: Bool = false) -> any ProgressDisplay {
        switch progressMode {
        case .quiet: QuietProgress()
        case .json: JSONProgress(statusOutput, dryRun: root.dryRun)
        case .tty where !amidOutput:
            TerminalProgress(statusOutput, title: title, colours: colours(on: statusOutput), dryRun: root.dryRun)
        case .auto, .plain, .tty: PlainProgress(statusOutput, dryRun: root.dryRun)
        }
    }

    /// A line on standard error as docker's log writes it.
    func warn(_ message: String) {
        if let level = root.logLevel, ["error", "fatal", "panic"].contains(level) { return }
        if progressMode == .json {
            errors.line(JSONValue.object(["level": "warning", "msg": message]).description)
        } else {
            let now = Instant(nanoseconds: Instant.now().seconds * 1_000_000_000)
            errors.line("time=\"\(now.rfc3339)\" level=warning msg=\(quotedJSON(message))")
        }
    }

    var parallelLimit: Int {
        get throws(CommandError) {
            if let limit = root.parallel { return limit }
            guard let text = environment["COMPOSE_PARALLEL_LIMIT"] else { return -1 }
            guard let limit = Int(text) else {
                throw CommandError("COMPOSE_PARALLEL_LIMIT must be an integer (found: \"\(text)\")")
            }
            return limit
        }
    }
}

extension LoadOptions {
    /// What the root options say of the project.
    fileprivate mutating func take(_ root: RootOptions) {
        files = root.files
        projectName = root.projectName
        projectDirectory = root.projectDirectory
        profiles = root.profiles
        envFiles = root.envFiles
        allResources = root.allResources
    }
}
