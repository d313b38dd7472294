internal import ArgumentParser
internal import EngineModel
internal import ImageBuilder
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import TerminalUI

struct SystemPruneCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Flag(name: .shortAndLong, help: "Remove all unused images, not just dangling ones")
    var all = false
    @Option(help: "Remove only what matches: label, label!, until; may be repeated")
    var filter: [String] = []
    @Flag(name: .shortAndLong, help: "Do not ask")
    var force = false
    @Flag(help: "Remove anonymous volumes too")
    var volumes = false

    func execute(_ context: CommandContext) throws -> Int32 {
        let state = try context.store()
        let images = ImageStore(state)
        let filter = try ImageFilter(filter, known: ["label", "label!", "until"], images)
        if volumes, filter.hasTime {
            throw CommandError("ERROR: The \"until\" filter is not supported with \"--volumes\"")
        }
        guard confirmed(context) else { return 0 }
        let engine = try context.engine()
        var freed: Int64 = 0
        freed += try pruneContainers(engine, state, filter, context.output)
        try NetworkPruning(engine).run(context) {
            filter.matches(labels: $0.configuration.labels, created: $0.created)
        }
        Self.list("Deleted Remains:", try engine.reconcile().map { "\($0.kind.rawValue) \($0.name)" }, context.output)
        if volumes {
            freed += try VolumePruning(engine, all: false).run(context) {
                filter.matches(labels: $0.configuration.labels, created: $0.created)
            }
        }
        let cache = filter.choosesByTimeOnly ? try BuildCachePruning(images, state).run(all: all, filter) : []
        freed += cache.reduce(0) { $0 + ($1.kind == .cacheMount ? $1.size : 0) }
        let (removals, bytes) = try images.prune(all: all) { filter.matches($0) }
        freed += bytes
        if !removals.isEmpty {
            context.output.line("Deleted Images:")
            removals.print(on: context.output, lowercase: true)
            context.output.line("")
        }
        Self.list("Deleted build cache objects:", cache.map(\.id), context.output)
        context.output.line("Total reclaimed space: \(HumanText.size(freed))")
        return 0
    }

    private func confirmed(_ context: CommandContext) -> Bool {
        if force { return true }
        var lines = ["all stopped containers", "all networks not used by at least one container"]
        if volumes { lines.append("all anonymous volumes not used by at least one container") }
        lines.append(all ? "all images without at least one container associated to them" : "all dangling images")
        lines.append(all ? "all build cache" : "unused build cache")
        context.output.line("WARNING! This will remove:")
        for line in lines { context.output.line("  - \(line)") }
        if !filter.isEmpty {
            context.output.line("\n  Items to be pruned will be filtered with:")
            for text in filter { context.output.line("  - \(text)") }
        }
        context.output.line("")
        return Prompt.confirm("Are you sure you want to continue?", fallback: false, output: context.output)
    }

    private func pruneContainers(
        _ engine: any Engine, _ state: StateStore, _ filter: ImageFilter, _ output: OutputWriter
    ) throws -> Int64 {
        var freed: Int64 = 0
        var removed: [String] = []
        for container in try engine.containers(labels: [:])
        where !container.isRunning && filter.matches(labels: container.labels, created: container.created) {
            let size = directorySize("\(state.layout.container(container.id))/upper")
            do throws(EngineError) {
                try engine.removeContainer(container.id, force: false, volumes: false)
            } catch {
                // Another command started or removed it meanwhile.
                if [.conflict, .inUse, .notFound].contains(error.code) { continue }
                throw error
            }
            freed += size
            removed.append(container.id)
        }
        Self.list("Deleted Containers:", removed, output)
        return freed
    }

    static func list(_ title: String, _ names: [String], _ output: OutputWriter) {
        guard !names.isEmpty else { return }
        output.line(title)
        for name in names { output.line(name) }
        output.line("")
    }
}
