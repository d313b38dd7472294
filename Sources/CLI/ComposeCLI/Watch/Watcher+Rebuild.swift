internal import ComposeModel
internal import EngineModel
internal import Primitives
internal import Reconciler

extension Watcher {
    /// Builds services and replaces their containers. A build that fails leaves these as they are.
    func rebuild(_ services: [String], _ cancellation: Cancellation) throws {
        let names = "[\(services.map { "\"\($0)\"" }.joined(separator: " "))]"
        say("Rebuilding service(s) \(names) after changes were detected...")
        let engine = try context.engine()
        let references = services.compactMap { project.services[$0] }.map { project.imageReference(of: $0) }
        let before = try references.compactMap { reference in try engine.image(reference)?.id }
        let plan = try planBuild(project, services: services, dependencies: false)
        try context.build(
            project, plan.builds, BuildOverrides(), quiet: quietBuild, mode: "plain", to: context.output,
            cancellation: cancellation)
        say("service(s) \(names) successfully built")
        var options = UpOptions()
        options.named = Set(services)
        options.forceRecreate = true
        options.separator = context.separator
        options.ignoreOrphans = true
        options.environmentFiles = context.root.envFiles
        var supply = SupplyRequest()
        supply.options.noBuild = true
        try context.withPlan(upOf: project, options, supply, yes: false, cancellation: cancellation) { plan in
            try context.carryOut(plan, title: "Running", cancellation: cancellation, silent: true)
        }
        if prune { removeNameless(before) }
    }

    /// Removes those of the images that have no name any more and that nothing is made of.
    private func removeNameless(_ ids: [String]) {
        for id in Set(ids) {
            // An image that is in use stays; it is looked at again after the next rebuild of its service.
            guard let engine = try? context.engine(), let image = try? engine.image(id), image.tags.isEmpty else {
                continue
            }
            try? engine.removeImage(id, force: false)
        }
    }
}
