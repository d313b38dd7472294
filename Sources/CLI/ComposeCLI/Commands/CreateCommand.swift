internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import Reconciler

struct CreateCommand: ComposeCommand {
    @OptionGroup var creation: CreationOptions
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let interruption = try Interruption()
        let project = try context.projectToStart(services: services, yes: creation.yes, starts: false)
        if project.services.isEmpty { throw CommandError("no service selected") }
        var options = try creation.planOptions(context, services: services)
        options.start = false
        try context.withPlan(
            upOf: project, options, try creation.supplyRequest(), yes: creation.yes,
            cancellation: interruption.cancellation
        ) { plan in
            try context.carryOut(plan, title: "Creating", cancellation: interruption.cancellation)
        }
        return 0
    }
}
