internal import ArgumentParser
internal import Engine
internal import FoundationEssentials
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

struct ImageInspectCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image inspect", abstract: "Display detailed information on images")

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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        context.output.line(String(decoding: try encoder.encode(found), as: UTF8.self))
        context.output.flush()
        for failure in failures { context.errors.line(failure.description) }
        return failures.isEmpty ? 0 : 1
    }
}

struct ImageHistoryCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image history", abstract: "Show the history of an image")

    @Option(help: "Format the output: table, json, or a template")
    var format = "table"
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
                ("ID", id), ("CreatedSince", entry.created.map { HumanText.ago(since: $0, now: .now()) } ?? "N/A"),
                ("CreatedAt", entry.created?.rfc3339 ?? ""), ("CreatedBy", command),
                ("Size", HumanText.size(entry.size)), ("Comment", entry.comment),
            ]
        }
        let columns = [
            ("IMAGE", "ID"), ("CREATED", "CreatedSince"), ("CREATED BY", "CreatedBy"), ("SIZE", "Size"),
            ("COMMENT", "Comment"),
        ]
        try context.printRecords(records, columns: columns, format)
        return 0
    }
}
