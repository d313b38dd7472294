internal import ArgumentParser
internal import EngineModel
internal import Reconciler

struct PauseCommand: ComposeCommand {
    static let configuration = CommandConfiguration(commandName: "compose pause", abstract: "Pause services")

    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let running = try context.containers(of: services).found.filter { $0.state == .running }
        try context.carryOut(LifecyclePlanner.each(running) { .pauseContainer($0.id) }, title: "Pausing")
        return 0
    }
}

struct UnpauseCommand: ComposeCommand {
    static let configuration = CommandConfiguration(commandName: "compose unpause", abstract: "Unpause services")

    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let paused = try context.containers(of: services).found.filter { $0.state == .paused }
        try context.carryOut(LifecyclePlanner.each(paused) { .unpauseContainer($0.id) }, title: "Unpausing")
        return 0
    }
}
