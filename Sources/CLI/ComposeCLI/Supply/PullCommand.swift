internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import Reconciler
internal import TerminalUI

struct PullCommand: ComposeCommand {
    @Flag(help: "Ignore images that can be built")
    var ignoreBuildable = false
    @Flag(help: "Pull what it can and ignores images with pull failures")
    var ignorePullFailures = false
    @Flag(help: "Also pull services declared as dependencies")
    var includeDeps = false
    @Flag(inversion: .prefixedNo, help: ArgumentHelp("Pull images at the same time", visibility: .hidden))
    var parallel = true
    @Option(help: "Apply pull policy (\"missing\"|\"always\")")
    var policy: String?
    @Flag(name: .shortAndLong, help: "Pull without printing progress information")
    var quiet = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let interruption = try Interruption()
        var options = PullOptions()
        options.ignoreBuildable = ignoreBuildable
        if let policy {
            guard let known = ["missing", "always"].contains(policy) ? PullPolicy(policy) : nil else {
                throw CommandError("unsupported --policy value \"\(policy)\"", hint: "it is missing or always")
            }
            options.policy = known
        }
        let project = try context.project(services: services, policy: includeDeps ? .dependencies : .none)
        let engine = try context.engine()
        let images = try observe(project, engine: engine).images
        options.defaultPlatform = project.environment["DOCKER_DEFAULT_PLATFORM"].flatMap { $0.isEmpty ? nil : $0 }
        let plan = try planPull(project, images: images, options: options)
        let failures = try pull(plan, context, interruption)
        return try report(failures, plan, context)
    }

    private func pull(
        _ plan: SupplyPlan, _ context: CommandContext, _ interruption: Interruption
    ) throws -> [Int: EngineError] {
        let display = context.progress("Pulling")
        defer { display.finish() }
        for (service, skip) in plan.skipped.sorted(by: { $0.key < $1.key }) {
            display.report(ProgressItem(service, "Skipped", .done, detail: Self.words(for: skip)))
        }
        if plan.pulls.isEmpty { return [:] }
        let work = PullWork(
            plan, source: try context.imageSource(), display: display, quiet: quiet,
            goesOn: ignorePullFailures, cancellation: interruption.cancellation)
        return try work.run(limit: parallel ? try context.transferLimit : 1).failures
    }

    private static func words(for skip: SupplyPlan.Skip) -> String {
        switch skip {
        case .noImage: "- No image to be pulled"
        case .present: "- Image is already present locally"
        case .buildable: "- Image can be built"
        case .policy: ""
        case .pulledBy(let service): "- Image is already being pulled by \(service)"
        }
    }

    private func report(
        _ failures: [Int: EngineError], _ plan: SupplyPlan, _ context: CommandContext
    ) throws -> Int32 {
        let failed = failures.sorted { $0.key < $1.key }
        let buildable = failed.filter { plan.pulls[$0.key].mayFail }.flatMap { plan.pulls[$0.key].services }
        if !buildable.isEmpty {
            context.errors.line(
                "WARNING: Some service image(s) must be built from source by running:\n"
                    + "    compose build \(buildable.joined(separator: " "))")
        }
        // One that cannot be built ended the others: it is what is told.
        if !ignorePullFailures, let worst = failed.first(where: { !plan.pulls[$0.key].mayFail }) ?? failed.first {
            throw worst.value
        }
        return 0
    }
}
