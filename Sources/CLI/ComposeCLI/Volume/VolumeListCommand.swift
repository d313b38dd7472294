internal import ArgumentParser
internal import EngineModel
internal import TerminalUI

struct VolumeListCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Option(
        name: .shortAndLong,
        help: .value("filter", "Provide filter values (e.g. \"dangling=true\"): dangling, driver, label, name"))
    var filter: [String] = []
    @Option(help: "Format output: table, json, or a template such as '{{.Name}}'")
    var format = "table"
    @Flag(name: .shortAndLong, help: "Only display volume names")
    var quiet = false

    func execute(_ context: CommandContext) throws -> Int32 {
        let filter = try ResourceFilter(filter, known: ["dangling", "driver", "label", "name"])
        let rows = try VolumeRows(context.engine())
        let volumes = rows.volumes.filter { volume in
            if let dangling = filter.dangling, rows.isUsed(volume) == dangling { return false }
            return filter.contains("name", volume.name) && filter.matches(labels: volume.configuration.labels)
                && filter.equals("driver", volume.configuration.driver ?? "local")
        }
        if quiet {
            for volume in volumes { context.output.line(volume.name) }
            return 0
        }
        try context.printRecords(volumes.map(VolumesCommand.record), VolumesCommand.layout, format)
        return 0
    }
}
