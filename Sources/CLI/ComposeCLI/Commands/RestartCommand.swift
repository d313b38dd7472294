internal import ArgumentParser
internal import EngineModel
internal import Reconciler

struct RestartCommand: ComposeCommand {
    @Flag(help: "Don't restart dependent services")
    var noDeps = false
    @Option(
        name: .shortAndLong,
        help: .value("int", "Specify a shutdown timeout in seconds"))
    var timeout: Int?
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        try context.queued(services: services) { state in
            let plan = try LifecyclePlanner.restart(
                state.scope, state.observed, timeout: timeout, dependents: !noDeps)
            try context.carryOut(plan, title: "Restarting")
        }
        return 0
    }
}
