internal import ArgumentParser
internal import EngineModel
internal import FoundationEssentials
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

struct ImageInspectCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image inspect", abstract: "Display detailed information on images")

    @Option(name: .shortAndLong, help: "Format the output: json, or a template such as {{.Config.Env}}")
    var format = ""
    @Argument(help: "IMAGE")
    var references: [String]

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
        var found: [ImageInspection] = []
        var failures: [EngineError] = []
        for reference in references {
            do throws(EngineError) {
                found.append(try images.inspect(reference))
            } catch {
                failures.append(error)
            }
        }
        try print(found, on: context.output)
        context.output.flush()
        for failure in failures { context.errors.line(failure.description) }
        return failures.isEmpty ? 0 : 1
    }

    private func print(_ images: [ImageInspection], on output: OutputWriter) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        switch format {
        case "":
            encoder.outputFormatting.insert(.prettyPrinted)
            output.line(String(decoding: try encoder.encode(images), as: UTF8.self))
        case "json":
            for image in images { output.line(String(decoding: try encoder.encode(image), as: UTF8.self)) }
        default:
            let template = try ValueTemplate(format)
            for image in images {
                let value = try JSONValue(parsing: Array(encoder.encode(image)))
                output.line(try template.fill(value))
            }
        }
    }
}

struct ImageHistoryCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image history", abstract: "Show the history of an image")

    @Option(help: "Format the output: table, json, or a template")
    var format = "table"
    @Flag(name: [.long, .customShort("H")], inversion: .prefixedNo, help: "Print sizes and dates for people")
    var human = true
    @Flag(help: "Don't truncate the output")
    var noTrunc = false
    @Flag(name: .shortAndLong, help: "Only show image IDs")
    var quiet = false
    @Argument(help: "IMAGE")
    var reference: String

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
        let entries = try images.history(of: reference)
        let ids = entries.map { entry in
            entry.id.map { noTrunc ? $0 : String($0.dropFirst(7).prefix(12)) } ?? "<missing>"
        }
        if quiet {
            for id in ids { context.output.line(id) }
            return 0
        }
        let records = zip(entries, ids).map { entry, id -> RecordFields in
            let command =
                noTrunc || entry.createdBy.count <= 45 ? entry.createdBy : String(entry.createdBy.prefix(44)) + "…"
            return [
                ("ID", id), ("CreatedSince", entry.created.map { created($0) } ?? "N/A"),
                ("CreatedAt", entry.created?.rfc3339 ?? ""), ("CreatedBy", command),
                ("Size", human ? HumanText.size(entry.size) : "\(entry.size)"), ("Comment", entry.comment),
            ]
        }
        let columns = [
            ("IMAGE", "ID"), ("CREATED", "CreatedSince"), ("CREATED BY", "CreatedBy"), ("SIZE", "Size"),
            ("COMMENT", "Comment"),
        ]
        try context.printRecords(records, columns: columns, format)
        return 0
    }

    private func created(_ time: Instant) -> String {
        human ? HumanText.ago(since: time, now: .now()) : time.rfc3339
    }
}
