internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import Reconciler

struct ScaleCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atLeast(1)

    @Flag(help: "Don't start linked services")
    var noDeps = false
    @Argument(help: "SERVICE=REPLICAS")
    var replicas: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let scale = try parseScale(replicas)
        let services = scale.keys.sorted()
        let project = try context.projectToStart(services: services, policy: noDeps ? .none : .dependencies, yes: false)
        var options = UpOptions()
        options.named = Set(services)
        options.scale = scale
        options.ignoreOrphans = true
        options.separator = context.separator
        options.environmentFiles = context.root.envFiles
        let interruption = try Interruption()
        try context.withPlan(
            upOf: project, options, SupplyRequest(), yes: false, cancellation: interruption.cancellation
        ) { plan in
            try context.carryOut(plan, title: "Scaling", cancellation: interruption.cancellation)
        }
        return 0
    }
}
