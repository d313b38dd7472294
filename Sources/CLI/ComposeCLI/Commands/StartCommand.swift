internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Reconciler

struct StartCommand: ComposeCommand {
    @Flag(help: "Wait for services to be running|healthy")
    var wait = false
    @Option(help: .value("int", "Maximum duration in seconds to wait for the project to be running|healthy"))
    var waitTimeout: Int?
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let containers = try context.queued(services: services) { try start($0, context) }
        if wait { try context.waitUntilRunning(containers.map(\.name), timeout: waitTimeout) }
        return 0
    }

    /// Returns the services' containers.
    private func start(_ state: ProjectState, _ context: CommandContext) throws -> [Container] {
        if state.project == nil && state.observed.containers.isEmpty {
            throw CommandError("no container found for project \"\(state.name)\": not found")
        }
        for service in state.scope.services.sorted()
        where state.project != nil && state.observed.containers(of: service).isEmpty {
            if state.project?.services[service]?.replicas == 0 { continue }
            throw CommandError("service \"\(service)\" has no container to start")
        }
        try context.carryOut(LifecyclePlanner.start(state.scope, state.observed), title: "Starting")
        return state.scope.services.sorted().flatMap { state.observed.containers(of: $0) }
    }
}
