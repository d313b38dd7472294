internal import ArgumentParser
internal import EngineModel
internal import ImageBuilder
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import TerminalUI

struct SystemUsageCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Option(help: "Format the output: table, json, or a template")
    var format = "table"
    @Flag(name: .shortAndLong, help: "Show each image, container, volume and result of a build")
    var verbose = false

    func execute(_ context: CommandContext) throws -> Int32 {
        let state = try context.store()
        if verbose && format != "table" {
            throw CommandError("the format can not be combined with the verbose option")
        }
        let usage = try SystemUsage(context.engine(), state)
        if verbose {
            try printDetails(usage, context)
        } else {
            try context.printRecords(
                usage.summary,
                columns: [
                    ("TYPE", "Type"), ("TOTAL", "TotalCount"), ("ACTIVE", "Active"), ("SIZE", "Size"),
                    ("RECLAIMABLE", "Reclaimable"),
                ], format)
        }
        return 0
    }

    private func printDetails(_ usage: SystemUsage, _ context: CommandContext) throws {
        let output = context.output
        output.write("Images space usage:\n\n")
        output.write(images(usage).text)
        output.write("\nContainers space usage:\n\n")
        output.write(containers(usage).text)
        output.write("\nLocal Volumes space usage:\n\n")
        var volumes = Table(["VOLUME NAME", "LINKS", "SIZE"], minimumWidth: 10)
        for volume in usage.volumes {
            volumes.add([volume.value.name, "\(usage.users(of: volume.value))", HumanText.size(volume.size)])
        }
        output.write(volumes.text)
        let size = usage.buildCache.reduce(0) { $0 + $1.size }
        output.write("\nBuild cache usage: \(HumanText.size(size))\n\n")
        var steps = Table(["CACHE ID", "CACHE TYPE", "SIZE", "CREATED", "LAST USED"], minimumWidth: 10)
        for step in usage.buildCache {
            steps.add([
                String(step.id.prefix(12)), step.kind.rawValue, HumanText.size(step.size, digits: 3),
                HumanText.ago(since: step.made, now: .now()), HumanText.ago(since: step.used, now: .now()),
            ])
        }
        output.write(steps.text)
    }

    private func images(_ usage: SystemUsage) -> Table {
        var table = Table(
            ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"],
            minimumWidth: 10)
        for entry in usage.images.entries {
            let summary = entry.image.summary
            for row in ImageNameRow.rows(of: entry.image) {
                table.add([
                    row.repository, row.tag, String(summary.id.dropFirst(7).prefix(12)),
                    summary.created.map { HumanText.ago(since: $0, now: .now()) } ?? "N/A",
                    HumanText.size(summary.size, digits: 3), HumanText.size(entry.shared), HumanText.size(entry.unique),
                    "\(entry.containers)",
                ])
            }
        }
        return table
    }

    private func containers(_ usage: SystemUsage) -> Table {
        var table = Table(
            ["CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"],
            minimumWidth: 10)
        for entry in usage.containers {
            let container = entry.value
            let summary = ContainerSummary(container, now: .now(), full: false)
            table.add([
                String(container.id.prefix(12)), container.configuration.image, summary.command,
                "\(container.mounts.filter { $0.type == "volume" }.count)", HumanText.size(entry.size, digits: 3),
                HumanText.ago(since: container.created, now: .now()), summary.status,
                container.name,
            ])
        }
        return table
    }
}
