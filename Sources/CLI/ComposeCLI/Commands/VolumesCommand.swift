internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Reconciler
internal import TerminalUI

struct VolumesCommand: ComposeCommand {
    @Option(help: "Format output: table, json, or a template such as '{{.Name}}'")
    var format = "table"
    @Flag(name: .shortAndLong, help: "Only display volume names")
    var quiet = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let (project, name) = try context.projectOrName()
        if let project {
            for service in services where project.allServices[service] == nil {
                throw CommandError("no such service: \(service)")
            }
        }
        var volumes = try context.engine().volumes(labels: [ProjectLabel.project: name])
        if !services.isEmpty {
            let used = try context.containers(of: services).found.flatMap { $0.mounts.map(\.name) }
            volumes.removeAll { !used.contains($0.name) }
        }
        volumes.sort { $0.name < $1.name }
        if quiet {
            for volume in volumes { context.output.line(volume.name) }
            return 0
        }
        try context.printRecords(volumes.map(Self.record), Self.layout, format)
        return 0
    }

    static let layout = RecordLayout(
        type: "volumeContext", columns: [("DRIVER", "Driver"), ("VOLUME NAME", "Name")],
        headings: [
            ("AVAILABILITY", "Availability"), ("GROUP", "Group"), ("LABELS", "Labels"), ("LINKS", "Links"),
            ("MOUNTPOINT", "Mountpoint"), ("SCOPE", "Scope"), ("SIZE", "Size"), ("STATUS", "Status"),
        ], raw: "name: {{.Name}}\ndriver: {{.Driver}}\n")

    /// Availability, group and status are those of Swarm's volumes; sizes are counted by `system df` alone.
    static func record(_ volume: Volume) -> Record {
        let labels = volume.configuration.labels
        return Record(
            [
                ("Availability", "N/A"), ("Driver", volume.configuration.driver ?? "local"), ("Group", "N/A"),
                ("Labels", labelText(labels)), ("Links", "N/A"), ("Mountpoint", volume.path), ("Name", volume.name),
                ("Scope", "local"), ("Size", "N/A"), ("Status", "N/A"),
            ], labels: labels)
    }
}
