internal import ArgumentParser
internal import Reconciler

struct StopCommand: ComposeCommand {
    @Option(
        name: .shortAndLong,
        help: .value("int", "Specify a shutdown timeout in seconds"))
    var timeout: Int?
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        try context.queued(services: services) { state in
            try context.carryOut(
                LifecyclePlanner.stop(state.scope, state.observed, timeout: timeout), title: "Stopping")
        }
        return 0
    }
}
