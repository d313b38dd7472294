internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Primitives
internal import Reconciler
internal import TerminalUI

extension CommandContext {
    /// Supplies the images and makes the plan of `up`. Asks before volumes are made anew.
    func planUp(
        _ project: Project, _ options: UpOptions, _ supply: SupplyRequest, yes: Bool,
        cancellation: Cancellation = Cancellation()
    ) throws -> Plan {
        for name in options.scale.keys.sorted() where project.allServices[name] == nil {
            throw CommandError("no such service: \(name)")
        }
        let observed = try self.supply(
            project, try observe(project, engine: engine()), supply, cancellation: cancellation)
        var options = options
        for name in changedVolumes(project, observed, digest: Self.digest) {
            let question =
                "Volume \"\(name)\" exists but doesn't match configuration in compose file. Recreate (data will be lost)?"
            if yes || Prompt.confirm(question, fallback: false, needsTerminal: true, output: output) {
                options.recreateVolumes.insert(name)
            }
        }
        return try Reconciler.planUp(project, observed, options, digest: Self.digest)
    }
}
