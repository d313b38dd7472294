internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Primitives
internal import Reconciler

struct KillCommand: ComposeCommand {
    @Flag(help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false
    @Option(name: [.customShort("s"), .long], help: "SIGNAL to send to the container")
    var signal = "SIGKILL"
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        // A signal goes out at once: it may be what ends the command that the others wait for.
        let state = try context.state(services: services)
        guard SignalName.number(signal) != nil else { throw CommandError("invalid signal: \(signal)") }
        let running = state.observed.containers.filter { container in
            container.isRunning && state.scope.services.contains(container.service)
        }
        if running.isEmpty {
            context.warnPlain("no container to kill")
        } else {
            try context.carryOut(
                LifecyclePlanner.each(running) { .killContainer($0.id, signal: signal) }, title: "Killing")
        }
        if removeOrphans, let project = state.project {
            let orphans = state.observed.containers.filter { project.allServices[$0.service] == nil }
            try context.queued(state.name) {
                try context.carryOut(
                    LifecyclePlanner.each(orphans) { .removeContainer($0.id, volumes: false, shown: true) },
                    title: "Removing")
            }
        }
        return 0
    }
}
