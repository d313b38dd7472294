internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

struct PsCommand: ComposeCommand {
    @Flag(name: .shortAndLong, help: "Show all stopped containers (including those created by the run command)")
    var all = false
    @Option(help: "Filter services by a property (supported filters: status)")
    var filter: String?
    @Option(help: "Format output: table, json, or a template such as '{{.Name}}'")
    var format = "table"
    @Flag(help: "Don't truncate output")
    var noTrunc = false
    @Flag(inversion: .prefixedNo, help: "Include orphaned services (not declared by project)")
    var orphans = true
    @Flag(name: .shortAndLong, help: "Only display IDs")
    var quiet = false
    @Flag(name: .customLong("services"), help: "Display services")
    var showServices = false
    @Option(
        help: "Filter services by status. Values: [paused | restarting | removing | running | dead | created | exited]")
    var status: [String] = []
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        var states = status.flatMap { $0.split(separator: ",").map(String.init) }
        if let filter {
            let parts = filter.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw CommandError("arguments to --filter should be in form KEY=VAL", hint: "it is status=STATE")
            }
            guard parts[0] == "status" else {
                throw CommandError("unknown filter \(parts[0])", hint: "it is status=STATE")
            }
            states.append(parts[1])
        }
        let (project, name) = try context.projectOrName()
        if let project { try context.check(services, in: project) }
        let labels: [String: String?] = [ProjectLabel.project: name, ProjectLabel.configHash: nil]
        let containers = try context.engine().containers(labels: labels).filter { container in
            if !services.isEmpty && !services.contains(container.service) { return false }
            if let project, !orphans, project.allServices[container.service] == nil { return false }
            if !all && container.isOneOff { return false }
            return states.isEmpty ? all || container.isRunning : states.contains(container.state.rawValue)
        }
        print(containers.sorted { $0.name < $1.name }, context)
        if !quiet && !showServices { try printRecords(containers.sorted { $0.name < $1.name }, context) }
        return 0
    }

    private func print(_ containers: [Container], _ context: CommandContext) {
        if quiet {
            for container in containers { context.output.line(container.id) }
        } else if showServices {
            var seen: Set<String> = []
            for container in containers where seen.insert(container.service).inserted {
                context.output.line(container.service)
            }
        }
    }

    private func printRecords(_ containers: [Container], _ context: CommandContext) throws {
        let now = Instant.now()
        let records = containers.map { ContainerSummary($0, now: now, full: noTrunc).record }
        try context.printRecords(records, Self.layout, format)
    }

    private static let layout = RecordLayout(
        type: "ContainerContext",
        columns: [
            ("NAME", "Name"), ("IMAGE", "Image"), ("COMMAND", "Command"), ("SERVICE", "Service"),
            ("CREATED", "RunningFor"), ("STATUS", "Status"), ("PORTS", "Ports"),
        ],
        headings: [
            ("CONTAINER ID", "ID"), ("CREATED AT", "CreatedAt"), ("EXIT CODE", "ExitCode"), ("HEALTH", "Health"),
            ("LABELS", "Labels"), ("LOCAL VOLUMES", "LocalVolumes"), ("MOUNTS", "Mounts"), ("NAMES", "Names"),
            ("NETWORKS", "Networks"), ("PROJECT", "Project"), ("PUBLISHERS", "Publishers"), ("SIZE", "Size"),
            ("STATE", "State"),
        ],
        raw: """
            container_id: {{.ID}}
            image: {{.Image}}
            command: {{.Command}}
            created_at: {{.CreatedAt}}
            state: {{- pad .State 1 0}}
            status: {{- pad .Status 1 0}}
            names: {{.Names}}
            labels: {{- pad .Labels 1 0}}
            ports: {{- pad .Ports 1 0}}

            """)
}
