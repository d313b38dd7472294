internal import ArgumentParser
internal import Primitives
internal import Registry
internal import TerminalUI

struct ImageSearchCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(1)
    static let details: String? = """
        On Docker Hub; with a registry's host before it, such as localhost:5000/TERM, in
        the names of that registry's repositories.
        """

    @Option(name: .shortAndLong, help: "Filter output based on conditions provided: is-official, stars")
    var filter: [String] = []
    @Option(help: "Format output: table, json, or a template such as '{{.Name}}'")
    var format = "table"
    @Option(help: .value("int", "Max number of search results"))
    var limit = 25
    @Flag(help: "Don't truncate output")
    var noTrunc = false
    @Argument(help: "TERM")
    var term: String

    private static let columns = [
        ("NAME", "Name"), ("DESCRIPTION", "Description"), ("STARS", "StarCount"), ("OFFICIAL", "IsOfficial"),
    ]

    func execute(_ context: CommandContext) throws -> Int32 {
        guard (1...100).contains(limit) else { throw CommandError("Limit \(limit) is outside the range of [1, 100]") }
        let matches = try wanted()
        let interruption = try Interruption()
        let client = RegistryClient(store: try context.images(), options: .fromEnvironment(context.environment))
        let found = try client.search(term, limit: limit, cancellation: interruption.cancellation)
        let records = found.filter(matches).map { repository -> RecordFields in
            let text = repository.description.withoutControls
            return [
                ("Description", noTrunc || text.count <= 45 ? text : String(text.prefix(44)) + "…"),
                ("IsAutomated", ""), ("IsOfficial", repository.isOfficial ? "[OK]" : ""),
                ("Name", repository.name.withoutControls), ("StarCount", "\(repository.stars)"),
            ]
        }
        try context.printRecords(records, columns: Self.columns, format)
        return 0
    }

    private func wanted() throws(CommandError) -> (FoundRepository) -> Bool {
        var official: Bool?
        var stars: Int64 = 0
        for text in filter {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts.first, parts.count == 2 ? parts[1] : "") {
            case ("is-official", let value) where RootOptions.boolean(value) != nil:
                official = RootOptions.boolean(value)
            case ("stars", let value) where Int64(value) != nil: stars = Int64(value) ?? 0
            default:
                throw CommandError("invalid filter '\(text)'", hint: "write is-official=true or stars=3")
            }
        }
        return { repository in
            (official == nil || repository.isOfficial == official) && repository.stars >= stars
        }
    }
}
