internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Reconciler
internal import TerminalUI

struct UpCommand: ComposeCommand {
    @OptionGroup var creation: CreationOptions
    @OptionGroup var attachment: AttachOptions
    @Flag(help: "Recreate dependent containers. Incompatible with --no-recreate.")
    var alwaysRecreateDeps = false
    @Flag(name: .shortAndLong, help: "Detached mode: Run containers in the background")
    var detach = false
    @Flag(help: "Don't start linked services")
    var noDeps = false
    @Flag(help: "Don't start the services after creating them")
    var noStart = false
    @Flag(help: "Suppress the build output")
    var quietBuild = false
    @Flag(
        name: [.customShort("V"), .long],
        help: "Recreate anonymous volumes instead of retrieving data from the previous containers")
    var renewAnonVolumes = false
    @Option(
        name: .shortAndLong,
        help: .value(
            "int",
            "Use this timeout in seconds for container shutdown when attached or when containers are already running"))
    var timeout: Int?
    @Flag(help: "Wait for services to be running|healthy. Implies detached mode.")
    var wait = false
    @Option(help: .value("int", "Maximum duration in seconds to wait for the project to be running|healthy"))
    var waitTimeout: Int?
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        try checkConflicts()
        let attached = !detach && !wait && !noStart
        let interruption = try Interruption()
        let project = try context.projectToStart(
            services: services, policy: noDeps ? .none : .dependencies, yes: creation.yes,
            starts: !noStart)
        if project.services.isEmpty { throw CommandError("no service selected") }
        if let service = attachment.exitCodeFrom, project.allServices[service] == nil {
            throw CommandError("no such service: \(service)")
        }
        var options = try creation.planOptions(context, services: services)
        options.alwaysRecreateDependencies = alwaysRecreateDeps
        options.renewAnonymousVolumes = renewAnonVolumes
        options.timeout = timeout
        options.start = !noStart
        var supply = try creation.supplyRequest()
        supply.quietBuild = quietBuild
        let session =
            attached
            ? try AttachedUp(
                context: context, project: project, services: services, options: attachment, timeout: timeout) : nil
        let logs = try context.withPlan(
            upOf: project, options, supply, yes: creation.yes, cancellation: interruption.cancellation
        ) { plan in
            if let session { return try session.begin(plan, interruption) }
            try context.carryOut(plan, title: "Running", cancellation: interruption.cancellation)
            return nil
        }
        if let session { return try logs.map(session.stay) ?? 0 }
        if wait && !context.root.dryRun { try waitUntilRunning(context, project) }
        return 0
    }

    private func waitUntilRunning(_ context: CommandContext, _ project: Project) throws {
        let observed = try observe(projectNamed: project.name, engine: context.engine())
        let waited = services.isEmpty ? project.serviceNames : services
        try context.waitUntilRunning(
            waited.flatMap { observed.containers(of: $0) }.map(\.name), timeout: waitTimeout)
    }

    private func checkConflicts() throws(CommandError) {
        let aborts =
            attachment.abortOnContainerExit || attachment.abortOnContainerFailure
            || attachment.exitCodeFrom != nil
        let attaches = !attachment.attach.isEmpty || attachment.attachDependencies
        if wait && (aborts || attaches) {
            throw CommandError(
                "--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies")
        }
        if (detach || wait) && (aborts || attaches || attachment.watch) {
            throw CommandError(
                "--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, "
                    + "--attach, --attach-dependencies or --watch")
        }
        if attachment.abortOnContainerExit && attachment.abortOnContainerFailure {
            throw CommandError("--abort-on-container-failure cannot be combined with --abort-on-container-exit")
        }
        if !attachment.attach.isEmpty && attachment.attachDependencies {
            throw CommandError("cannot combine --attach and --attach-dependencies")
        }
        if creation.noRecreate && (alwaysRecreateDeps || renewAnonVolumes) {
            throw CommandError(
                alwaysRecreateDeps
                    ? "--always-recreate-deps and --no-recreate are incompatible"
                    : "--no-recreate and --renew-anon-volumes are incompatible")
        }
        if attachment.watch && creation.noBuild { throw CommandError("--no-build and --watch are incompatible") }
    }
}
