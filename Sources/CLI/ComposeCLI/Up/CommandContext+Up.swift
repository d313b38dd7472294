internal import ArgumentParser
internal import ComposeLoader
internal import ComposeModel
internal import EngineModel
internal import Primitives
internal import Reconciler
internal import TerminalUI

extension CommandContext {
    /// Supplies the images, makes the plan of `up` and hands it to `body`. From the plan on no other command changes the
    /// project, and all the time nobody prunes its images. Asks before volumes are made anew.
    func withPlan<Result>(
        upOf project: Project, _ options: UpOptions, _ supply: SupplyRequest, yes: Bool,
        cancellation: Cancellation = Cancellation(), _ body: (Plan) throws -> Result
    ) throws -> Result {
        for name in options.scale.keys.sorted() where project.allServices[name] == nil {
            throw CommandError("no such service: \(name)")
        }
        let project = try provide(project)
        let images = try engine().holdImages()
        defer { images.release() }
        let supplied = try self.supply(
            project, try observeNeeds(of: project, engine: engine()), supply, cancellation: cancellation)
        var options = options
        for name in changedVolumes(project, supplied, digest: Self.digest) {
            let question =
                "Volume \"\(name)\" exists but doesn't match configuration in compose file. Recreate (data will be lost)?"
            if yes || Prompt.confirm(question, fallback: false, output: output) {
                options.recreateVolumes.insert(name)
            }
        }
        options.configHash = { configurationHash(of: $0) }
        let chosen = options
        return try queued(project.name, cancellation: cancellation) {
            // Others may have worked on it meanwhile.
            var observed = try observe(project, engine: engine())
            observed.images = supplied.images
            let plan = try planUp(project, observed, chosen, digest: Self.digest)
            if !root.dryRun { mendNetworks(of: project, observed) }
            return try body(plan)
        }
    }

    /// What stays as it is keeps its network too, if somebody took it away. Not a reason to leave the rest undone.
    private func mendNetworks(of project: Project, _ observed: ObservedState) {
        guard observed.containers.contains(where: { $0.state == .running || $0.state == .paused }) else { return }
        do {
            try engine().mendNetworks(of: project.name)
        } catch {
            warn("\(error)")
        }
    }
}
