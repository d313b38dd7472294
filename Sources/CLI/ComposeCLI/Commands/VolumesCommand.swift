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
        try context.printRecords(
            volumes.map(Self.fields), columns: [("DRIVER", "Driver"), ("VOLUME NAME", "Name")], format)
        return 0
    }

    static func fields(_ volume: Volume) -> RecordFields {
        let configuration = volume.configuration
        return [
            ("Driver", configuration.driver ?? "local"),
            (
                "Labels",
                configuration.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
            ),
            ("Mountpoint", volume.path), ("Name", volume.name), ("Scope", "local"),
        ]
    }
}
