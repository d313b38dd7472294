internal import ArgumentParser
internal import ImageBuilder
internal import ImageModel
internal import ImageStore
internal import StateStore
internal import TerminalUI

struct BuilderPruneCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Flag(name: .shortAndLong, help: "Remove all unused build cache, not just dangling ones")
    var all = false
    @Option(help: "Remove only what matches: until; may be repeated")
    var filter: [String] = []
    @Flag(name: .shortAndLong, help: "Do not ask")
    var force = false

    func execute(_ context: CommandContext) throws -> Int32 {
        let state = try context.store()
        let images = ImageStore(state)
        let filter = try ImageFilter(filter, known: ["until"], images)
        if !force {
            context.output.line("WARNING! This will remove all \(all ? "" : "dangling ")build cache.")
            let question = "Are you sure you want to continue?"
            guard Prompt.confirm(question, fallback: false, output: context.output) else { return 0 }
        }
        let removed = try BuildCachePruning(images, state).run(all: all, filter)
        // Layers that no result needs any more; no image is touched.
        let (_, bytes) = try images.prune(all: false) { _ in false }
        let mounts = removed.reduce(0) { $0 + ($1.kind == .cacheMount ? $1.size : 0) }
        SystemPruneCommand.list("Deleted build cache objects:", removed.map(\.id), context.output)
        context.output.line("Total reclaimed space: \(HumanText.size(bytes + mounts))")
        return 0
    }
}
