internal import ArgumentParser
internal import EngineModel
internal import Reconciler
internal import TerminalUI

struct RemoveCommand: ComposeCommand {
    static let details: String? = """
        By default, anonymous volumes attached to containers will not be removed. You
        can override this with -v. To list all volumes, use "compose volumes".

        Any data which is not in a volume will be lost.
        """

    @Flag(name: .shortAndLong, help: .withoutEffect)
    var all = false
    @Flag(name: .shortAndLong, help: "Don't ask to confirm removal")
    var force = false
    @Flag(name: .shortAndLong, help: "Stop the containers, if required, before removing")
    var stop = false
    @Flag(name: .shortAndLong, help: "Remove any anonymous volumes attached to containers")
    var volumes = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        if stop {
            try context.queued(services: services) { state in
                try context.carryOut(
                    LifecyclePlanner.stop(state.scope, state.observed, timeout: nil), title: "Stopping")
            }
        }
        let (project, found) = try context.containers(of: services)
        let stopped = found.filter { !$0.isRunning }
        if stopped.isEmpty {
            context.warnPlain("No stopped containers")
            return 0
        }
        let names = stopped.map(\.name).joined(separator: ", ")
        context.output.line("Going to remove \(names)")
        context.output.flush()
        if !force {
            let question = "Are you sure?"
            let agreed = Prompt.confirm(question, fallback: false, output: context.output)
            if !agreed { return 0 }
        }
        try context.queued(project) {
            // Some may have gone or been started while the question stood.
            let still = Set(try context.containers(of: services).found.filter { !$0.isRunning }.map(\.id))
            try context.carryOut(
                LifecyclePlanner.each(stopped.filter { still.contains($0.id) }) {
                    .removeContainer($0.id, volumes: volumes, shown: true)
                }, title: "Removing")
        }
        return 0
    }
}
