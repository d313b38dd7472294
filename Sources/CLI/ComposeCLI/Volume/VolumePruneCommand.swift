internal import ArgumentParser
internal import EngineModel
internal import TerminalUI

struct VolumePruneCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Flag(name: .shortAndLong, help: "Remove all unused volumes, not just anonymous ones")
    var all = false
    @Option(help: .value("filter", "Provide filter values (e.g. \"label=<label>\"): all, label, label!"))
    var filter: [String] = []
    @Flag(name: .shortAndLong, help: "Do not prompt for confirmation")
    var force = false

    func execute(_ context: CommandContext) throws -> Int32 {
        var texts = filter
        let everything = try takeAll(&texts) || all
        let filter = try ImageFilter(texts, known: ["label", "label!"])
        let what = everything ? "all local" : "anonymous local"
        let warning = "WARNING! This will remove \(what) volumes not used by at least one container."
        guard context.confirmsPrune(warning, force: force) else { return 0 }
        let freed = try VolumePruning(context.engine(), all: everything).run(context) {
            filter.matches(labels: $0.configuration.labels, created: $0.created)
        }
        context.output.line("Total reclaimed space: \(HumanText.size(freed))")
        return 0
    }

    /// `--filter all=true` is docker's other spelling of `--all`.
    private func takeAll(_ texts: inout [String]) throws(CommandError) -> Bool {
        var all = false
        for text in texts where text.hasPrefix("all=") {
            guard let isOn = RootOptions.boolean(String(text.dropFirst(4))) else {
                throw CommandError("invalid filter '\(text)'", hint: "all is true or false")
            }
            all = isOn
        }
        texts.removeAll { $0.hasPrefix("all=") }
        return all
    }
}

/// Removes volumes that no container has.
struct VolumePruning {
    private let engine: any Engine
    private let all: Bool

    /// - Parameter all: named ones too.
    init(_ engine: any Engine, all: Bool) {
        self.engine = engine
        self.all = all
    }

    /// Tells what went, and returns its bytes.
    func run(_ context: CommandContext, _ matches: (Volume) -> Bool) throws -> Int64 {
        var freed: Int64 = 0
        var removed: [String] = []
        let rows = try VolumeRows(engine)
        for volume in rows.volumes
        where !rows.isUsed(volume) && (all || VolumeRows.isAnonymous(volume)) && matches(volume) {
            // What the volume only shows stays where it is.
            let size = volume.configuration.driverOptions.isEmpty ? directorySize(volume.path) : 0
            do throws(EngineError) {
                try engine.removeVolume(volume.name)
                removed.append(volume.name)
                freed += size
            } catch {
                if error.code != .inUse && error.code != .notFound { throw error }
            }
        }
        SystemPruneCommand.list("Deleted Volumes:", removed, context.output)
        return freed
    }
}
