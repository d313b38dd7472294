internal import ArgumentParser
internal import EngineModel
internal import TerminalUI

struct NetworkListCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Option(
        name: .shortAndLong,
        help: .value(
            "filter", "Provide filter values (e.g. \"driver=bridge\"): dangling, driver, id, label, name, scope, type"))
    var filter: [String] = []
    @Option(help: "Format output: table, json, or a template such as '{{.Name}}'")
    var format = "table"
    @Flag(help: "Do not truncate the output")
    var noTrunc = false
    @Flag(name: .shortAndLong, help: "Only display network IDs")
    var quiet = false

    func execute(_ context: CommandContext) throws -> Int32 {
        let filter = try ResourceFilter(
            filter, known: ["dangling", "driver", "id", "label", "name", "scope", "type"])
        let rows = try NetworkRows(context.engine())
        let networks = rows.networks.filter { network in
            if let dangling = filter.dangling, rows.isUsed(network) == dangling { return false }
            // Docker has networks of its own, which are builtin; here all are custom.
            return filter.contains("name", network.name) && filter.begins("id", network.id)
                && filter.equals("driver", network.configuration.driver ?? "bridge") && filter.equals("scope", "local")
                && filter.equals("type", "custom") && filter.matches(labels: network.configuration.labels)
        }
        let records = networks.map { NetworkRows.fields($0, full: noTrunc) }
        if quiet {
            for network in networks { context.output.line(noTrunc ? network.id : String(network.id.prefix(12))) }
            return 0
        }
        try context.printRecords(
            records,
            columns: [("NETWORK ID", "ID"), ("NAME", "Name"), ("DRIVER", "Driver"), ("SCOPE", "Scope")], format)
        return 0
    }
}
