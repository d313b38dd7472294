internal import ArgumentParser
internal import EngineModel
internal import TerminalUI

struct NetworkPruneCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Option(help: .value("filter", "Provide filter values (e.g. \"until=<timestamp>\"): label, label!, until"))
    var filter: [String] = []
    @Flag(name: .shortAndLong, help: "Do not prompt for confirmation")
    var force = false

    func execute(_ context: CommandContext) throws -> Int32 {
        let filter = try ImageFilter(filter, known: ["label", "label!", "until"])
        let warning = "WARNING! This will remove all custom networks not used by at least one container."
        guard context.confirmsPrune(warning, force: force) else { return 0 }
        try NetworkPruning(context.engine()).run(context) {
            filter.matches(labels: $0.configuration.labels, created: $0.created)
        }
        return 0
    }
}

/// Removes networks that no container is in, running or not.
struct NetworkPruning {
    private let engine: any Engine

    init(_ engine: any Engine) {
        self.engine = engine
    }

    /// Tells what went.
    func run(_ context: CommandContext, _ matches: (Network) -> Bool) throws {
        var removed: [String] = []
        let rows = try NetworkRows(engine)
        for network in rows.networks where !rows.isUsed(network) && matches(network) {
            do throws(EngineError) {
                try engine.removeNetwork(network.name)
                removed.append(network.name)
            } catch {
                if error.code != .inUse && error.code != .notFound { throw error }
            }
        }
        SystemPruneCommand.list("Deleted Networks:", removed, context.output)
    }
}
