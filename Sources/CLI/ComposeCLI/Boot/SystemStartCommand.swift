internal import ArgumentParser
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler

/// What a boot does: `compose enable` installs a unit that calls it.
struct SystemStartCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none
    static var details: String? {
        """
        Starts the containers of all projects whose restart policy is always, and those with unless-stopped that ran when
        the machine ended. Whatever runs already stays as it is.
        """
    }

    func execute(_ context: CommandContext) throws -> Int32 {
        let running = RunningAtShutdown.ids()
        var plan = Plan()
        for (_, containers) in try context.projects() {
            let observed = ObservedState(containers: containers)
            let scope = ProjectScope(project: nil, observed: observed)
            plan.join(try LifecyclePlanner.boot(scope, observed, since: .boot(), running: running))
        }
        try context.carryOut(plan, title: "Starting")
        if !context.root.dryRun { try RunningAtShutdown.forget() }
        return 0
    }
}

struct SystemStopCommand: ComposeCommand {
    static var details: String? {
        """
        What ran is remembered: `compose system start` starts it again if its restart policy is always or unless-stopped.
        """
    }

    @Option(name: .shortAndLong, help: .value("int", "Specify a shutdown timeout in seconds"))
    var timeout: Int?

    func execute(_ context: CommandContext) throws -> Int32 {
        var plan = Plan()
        var running: [String] = []
        for (_, containers) in try context.projects() {
            let observed = ObservedState(containers: containers)
            running += observed.containers.filter(\.isRunning).map(\.id)
            let scope = ProjectScope(project: nil, observed: observed)
            plan.join(try LifecyclePlanner.stop(scope, observed, timeout: timeout))
        }
        // Called twice in a row, what the first call stopped ran all the same.
        if !context.root.dryRun, !running.isEmpty {
            try RunningAtShutdown.write(RunningAtShutdown.ids().union(running))
        }
        try context.carryOut(plan, title: "Stopping")
        return 0
    }
}
