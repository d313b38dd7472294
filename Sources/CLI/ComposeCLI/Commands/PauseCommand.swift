internal import ArgumentParser
internal import EngineModel
internal import Reconciler

struct PauseCommand: ComposeCommand {
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        try context.queued(services: services) { _ in
            let running = try context.containers(of: services).found.filter(\.isRunning)
            try context.carryOut(LifecyclePlanner.each(running) { .pauseContainer($0.id) }, title: "Pausing")
        }
        return 0
    }
}
