internal import ArgumentParser
internal import EngineModel
internal import FoundationEssentials
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

struct ImageHistoryCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(1)

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

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        let entries = try images.history(of: reference)
        let ids = entries.map { entry in
            entry.id.map { noTrunc ? $0 : String($0.dropFirst(7).prefix(12)) } ?? "<missing>"
        }
        if quiet {
            for id in ids { context.output.line(id) }
            return 0
        }
        let records = zip(entries, ids).map { entry, id -> Record in
            let command =
                noTrunc || entry.createdBy.count <= 45 ? entry.createdBy : String(entry.createdBy.prefix(44)) + "…"
            return Record([
                ("ID", id), ("CreatedSince", entry.created.map { created($0) } ?? "N/A"),
                ("CreatedAt", entry.created?.rfc3339 ?? ""), ("CreatedBy", command),
                ("Size", human ? HumanText.size(entry.size, digits: 3) : "\(entry.size)"), ("Comment", entry.comment),
            ])
        }
        let layout = RecordLayout(
            type: "historyContext",
            columns: [
                ("IMAGE", "ID"), ("CREATED", "CreatedSince"), ("CREATED BY", "CreatedBy"), ("SIZE", "Size"),
                ("COMMENT", "Comment"),
            ], headings: [("CREATED AT", "CreatedAt")])
        try context.printRecords(records, layout, format)
        return 0
    }

    private func created(_ time: Instant) -> String {
        human ? HumanText.ago(since: time, now: .now()) : time.rfc3339
    }
}
