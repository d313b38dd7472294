internal import ArgumentParser
internal import EngineModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

struct ImageListCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atMost(1)

    @Flag(name: .shortAndLong, help: "Show all images (here, no image is intermediate and hidden)")
    var all = false
    @Flag(help: "Show digests")
    var digests = false
    @Option(
        name: .shortAndLong,
        help: "Show only images that match: before, dangling, label, reference, since, until; may be repeated")
    var filter: [String] = []
    @Option(help: "Format the output: table, json, or a template")
    var format = "table"
    @Flag(help: "Don't truncate the output")
    var noTrunc = false
    @Flag(name: .shortAndLong, help: "Only show image IDs")
    var quiet = false
    @Argument(help: "REPOSITORY[:TAG]")
    var name: String?

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        var filter = try ImageFilter(
            filter, known: ["before", "dangling", "label", "reference", "since", "until"], images)
        if let name { filter.add(reference: name) }
        let found = try images.list().filter { filter.matches($0) }
            .sorted { ($0.summary.created ?? $0.summary.stored) > ($1.summary.created ?? $1.summary.stored) }
        var columns = [("REPOSITORY", "Repository"), ("TAG", "Tag")]
        if digests { columns.append(("DIGEST", "Digest")) }
        columns += [("IMAGE ID", "ID"), ("CREATED", "CreatedSince"), ("SIZE", "Size")]
        let records = found.flatMap { image in
            ImageNameRow.rows(of: image, filter).map { record(image.summary, $0) }
        }
        if quiet {
            for record in records { context.output.line(record.text("ID")) }
            return 0
        }
        let layout = RecordLayout(
            type: "imageContext", columns: columns,
            headings: [
                ("CONTAINERS", "Containers"), ("CREATED AT", "CreatedAt"), ("DIGEST", "Digest"),
                ("SHARED SIZE", "SharedSize"), ("UNIQUE SIZE", "UniqueSize"),
            ],
            raw: """
                repository: {{.Repository}}
                tag: {{.Tag}}
                image_id: {{.ID}}
                created_at: {{.CreatedAt}}
                virtual_size: {{.Size}}

                """)
        try context.printRecords(records, layout, format)
        return 0
    }

    private func record(_ image: Image, _ row: ImageNameRow) -> Record {
        Record([
            ("Containers", "N/A"), ("CreatedAt", image.created.map(TimeText.goText) ?? "N/A"),
            ("CreatedSince", image.created.map { HumanText.ago(since: $0, now: .now()) } ?? "N/A"),
            ("Digest", row.digest), ("ID", noTrunc ? image.id : String(image.id.dropFirst(7).prefix(12))),
            ("Repository", row.repository), ("SharedSize", "N/A"), ("Size", HumanText.size(image.size, digits: 3)),
            ("Tag", row.tag), ("UniqueSize", "N/A"),
        ])
    }
}
