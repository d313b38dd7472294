internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import Reconciler
internal import TerminalUI

struct BuildCommand: ComposeCommand {
    @Option(help: "Set build-time variables for services")
    var buildArg: [String] = []
    @Option(help: "Set builder to use")
    var builder: String?
    @Flag(help: "Check build configuration")
    var check = false
    @Option(
        name: [.customShort("m"), .long],
        help: .value("bytes", "Set memory limit for the build container. Not supported by BuildKit."))
    var memory: String?
    @Flag(help: "Do not use cache when building the image")
    var noCache = false
    @Flag(help: "Print equivalent bake file")
    var print = false
    @Option(help: ArgumentHelp("Type of progress output: better the option before the command", visibility: .hidden))
    var progress: String?
    @Option(help: "Add a provenance attestation")
    var provenance: String?
    @Flag(help: "Always attempt to pull a newer version of the image")
    var pull = false
    @Flag(help: "Push service images")
    var push = false
    @Flag(name: .shortAndLong, help: "Suppress the build output")
    var quiet = false
    @Option(help: "Add a SBOM attestation")
    var sbom: String?
    @Option(
        help:
            "Set SSH authentications used when building service images. (use 'default' for using your default SSH Agent)"
    )
    var ssh: String?
    @Flag(help: "Also build dependencies (transitively)")
    var withDependencies = false
    @Flag(help: .withoutEffect)
    var compress = false
    @Flag(help: .withoutEffect)
    var forceRm = false
    @Flag(help: .withoutEffect)
    var noRm = false
    @Flag(help: .withoutEffect)
    var parallel = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let interruption = try Interruption()
        if let progress {
            context.errors.line(
                "--progress is a global compose flag, better use `compose --progress \(progress) build ...`")
        }
        let project = try context.buildProject()
        try context.check(services, in: project)
        let plan = try planBuild(project, services: services, dependencies: withDependencies)
        warn(context)
        if plan.builds.isEmpty {
            context.warn("No services to build")
            return 0
        }
        try BuildWords.check(builder: builder)
        let overrides = try overrides(project)
        if print {
            context.output.write(try BakeFile(project, plan.builds, overrides, push: push, check: check).text)
            return 0
        }
        if check { return try checkRequests(project, plan.builds, overrides, context) }
        try context.build(
            project, plan.builds, overrides, quiet: quiet, mode: progress, to: context.output,
            cancellation: interruption.cancellation)
        if push { try pushImages(of: plan.builds, project, context, interruption) }
        return 0
    }

    /// What is accepted, and makes no difference here.
    private func warn(_ context: CommandContext) {
        if memory != nil { context.warn("--memory has no effect: builds are not limited") }
        for (name, value) in [("provenance", provenance), ("sbom", sbom)] {
            guard let value, value != "false" else { continue }
            context.warn("--\(name) has no effect: attestations are not made")
        }
        if compress { context.warn("--compress has no effect: the context is not sent anywhere") }
        if noRm || forceRm { context.warn("--force-rm and --no-rm have no effect: no containers are left by builds") }
    }

    private func overrides(_ project: Project) throws -> BuildOverrides {
        var overrides = BuildOverrides()
        overrides.arguments = BuildWords.arguments(buildArg, environment: project.environment)
        overrides.noCache = noCache
        overrides.pull = pull
        overrides.onePlatform = false
        if let ssh { overrides.ssh = [try BuildWords.ssh(ssh.isEmpty ? "default" : ssh)] }
        return overrides
    }

    /// `--check` looks at what is asked for, and builds nothing.
    private func checkRequests(
        _ project: Project, _ builds: [SupplyPlan.Build], _ overrides: BuildOverrides, _ context: CommandContext
    ) throws -> Int32 {
        let findings = try context.checkBuilds(project, builds, overrides)
        context.output.write(findings.text)
        return findings.clean ? 0 : 1
    }

    private func pushImages(
        of builds: [SupplyPlan.Build], _ project: Project, _ context: CommandContext, _ interruption: Interruption
    ) throws {
        var built = project
        built.services = project.allServices.filter { name, _ in builds.contains { $0.service == name } }
        let display: any ProgressDisplay = quiet ? QuietProgress() : context.progress("Pushing")
        defer { display.finish() }
        try context.push(
            PushCommand.tags(of: built).tags, display: display, ignoringFailures: false,
            cancellation: interruption.cancellation)
    }
}

extension CommandContext {
    /// The project for builds: all services, without the env files that only containers need.
    func buildProject() throws(LoadFailure) -> Project {
        var options = loadOptions()
        options.resolveEnvironment = false
        options.allResources = true
        let result = try loadProject(options, files: HostFiles())
        for warning in result.warnings { warn(warning.description) }
        for gap in attributeWarnings(in: result.project) where gap.keys.dropFirst(2).first == "build" {
            warn(gap.description)
        }
        return result.project
    }
}
