internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Reconciler

struct WatchCommand: ComposeCommand {
    @Flag(help: "Do not build & start services before watching")
    var noUp = false
    @Flag(inversion: .prefixedNo, help: "Prune dangling images on rebuild")
    var prune = true
    @Flag(help: "Hide build output")
    var quiet = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let interruption = try Interruption()
        interruption.onInterrupt { _ in }
        let project =
            try noUp ? context.project(services: services) : context.projectToStart(services: services, yes: false)
        let watcher = try Watcher(context, project, prune: prune, quietBuild: quiet)
        if !noUp {
            var options = UpOptions()
            options.named = Set(services)
            options.separator = context.separator
            options.ignoreOrphans = context.flag("COMPOSE_IGNORE_ORPHANS")
            var supply = SupplyRequest()
            supply.options.build = true
            supply.quietBuild = quiet
            try context.withPlan(
                upOf: project, options, supply, yes: false, cancellation: interruption.cancellation
            ) { plan in
                try context.carryOut(plan, title: "Running", cancellation: interruption.cancellation)
            }
        }
        try watcher.run(interruption.cancellation)
        return 130
    }
}
