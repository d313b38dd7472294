internal import ArgumentParser
internal import EngineModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

struct ImageListCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(commandName: "compose image ls", abstract: "List images")

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
    @Argument(help: "NAME[:TAG]")
    var name: String?

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
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
            for record in records { context.output.line(record.first { $0.name == "ID" }?.value ?? "") }
            return 0
        }
        try context.printRecords(records, columns: columns, format)
        return 0
    }

    private func record(_ image: Image, _ row: ImageNameRow) -> RecordFields {
        [
            ("Containers", "N/A"), ("CreatedAt", image.created.map(TimeText.goText) ?? "N/A"),
            ("CreatedSince", image.created.map { HumanText.ago(since: $0, now: .now()) } ?? "N/A"),
            ("Digest", row.digest), ("ID", noTrunc ? image.id : String(image.id.dropFirst(7).prefix(12))),
            ("Repository", row.repository), ("SharedSize", "N/A"), ("Size", HumanText.size(image.size)),
            ("Tag", row.tag), ("UniqueSize", "N/A"),
        ]
    }
}

/// One line of a list of images: docker shows an image once for each of its names.
struct ImageNameRow: Equatable {
    var repository = "<none>"
    var tag = "<none>"
    var digest = "<none>"

    /// Tags with the digests of their repositories, then digests of repositories without a tag.
    static func rows(of image: StoredImage, _ filter: ImageFilter? = nil) -> [ImageNameRow] {
        func isShown(_ name: String) -> Bool { filter?.matches(name: name) ?? true }
        var rest = image.repositoryDigests
        var rows: [ImageNameRow] = []
        for name in image.summary.tags {
            let (repository, tag) = ImageFilter.parts(name)
            let digests = image.repositoryDigests.filter { $0.hasPrefix("\(repository)@") }
            rest.removeAll { $0.hasPrefix("\(repository)@") }
            guard isShown(name) else { continue }
            let digest = digests.first.map { String($0.dropFirst(repository.count + 1)) } ?? "<none>"
            rows.append(ImageNameRow(repository: repository, tag: tag, digest: digest))
        }
        for name in rest where isShown(name) {
            let repository = String(name.prefix { $0 != "@" })
            rows.append(
                ImageNameRow(repository: repository, digest: String(name.dropFirst(repository.count + 1))))
        }
        return rows.isEmpty ? [ImageNameRow()] : rows
    }
}
