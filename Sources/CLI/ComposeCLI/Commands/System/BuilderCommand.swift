internal import ArgumentParser
internal import ImageBuilder
internal import ImageModel
internal import ImageStore
internal import StateStore
internal import TerminalUI

/// `compose builder …`: what builds have left to be used again.
struct BuilderCommand: SystemCommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "compose builder", abstract: "Manage the build cache of this host",
        discussion: """
            Commands:
              prune   Remove build cache
            """)

    static let optionsWithValue: Set<String> = []

    @Argument(help: "COMMAND and its arguments")
    var words: [String] = []

    static func subcommand(_ name: String) -> (any SystemSubcommand.Type)? {
        name == "prune" ? BuilderPruneCommand.self : nil
    }
}

struct BuilderPruneCommand: SystemSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose builder prune", abstract: "Remove build cache")

    @Flag(name: .shortAndLong, help: "Remove all unused build cache, not just dangling ones")
    var all = false
    @Option(help: "Remove only what matches: until; may be repeated")
    var filter: [String] = []
    @Flag(name: .shortAndLong, help: "Do not ask")
    var force = false

    func execute(_ context: CommandContext, _ state: StateStore) throws -> Int32 {
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

/// Removes what builds have left: results that no image has, and cache mounts.
struct BuildCachePruning {
    private let images: ImageStore
    private let cache: BuildCache

    init(_ images: ImageStore, _ state: StateStore) {
        self.images = images
        cache = BuildCache(state)
    }

    /// - Parameter all: also the results that images have; their layers stay with the images.
    /// - Returns: what was removed.
    func run(all: Bool, _ filter: ImageFilter) throws -> [BuildCacheEntry] {
        let used = all ? [] : Set(try images.list().flatMap { $0.diffIDs.map(\.description) })
        return try cache.prune(notUsedSince: filter.until, keeping: used)
    }
}
