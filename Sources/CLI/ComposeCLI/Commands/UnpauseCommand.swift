internal import ArgumentParser
internal import EngineModel
internal import Reconciler

struct UnpauseCommand: ComposeCommand {
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        try context.queued(services: services) { _ in
            let paused = try context.containers(of: services).found.filter(\.isRunning)
            try context.carryOut(LifecyclePlanner.each(paused) { .unpauseContainer($0.id) }, title: "Unpausing")
        }
        return 0
    }
}
