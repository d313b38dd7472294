internal import ArgumentParser
internal import EngineModel
internal import Primitives
internal import Reconciler
internal import TerminalUI

struct ListCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Flag(name: .shortAndLong, help: "Show all stopped Compose projects")
    var all = false
    @Option(help: .value("filter", "Filter output based on conditions provided"))
    var filter: [String] = []
    @Option(help: "Format the output. Values: [table | json]")
    var format = "table"
    @Flag(name: .shortAndLong, help: "Only display project names")
    var quiet = false

    private struct Entry {
        var name: String
        var status: String
        var files: String
    }

    func execute(_ context: CommandContext) throws -> Int32 {
        guard format == "table" || format == "json" else {
            throw CommandError(
                "format value \"\(format)\" could not be parsed: parsing failed", hint: "it is table or json")
        }
        let filters = try filter.map(Self.namePattern)
        let entries = try context.projects()
            .map { project in (name: project.name, containers: project.containers.filter { all || $0.isRunning }) }
            .filter { !$0.containers.isEmpty }
            .map { Entry(name: $0.name, status: Self.status($0.containers), files: Self.files($0.containers)) }
            .filter { entry in try filters.allSatisfy { try $0.firstMatch(in: entry.name) != nil } }
        print(entries, context.output)
        return 0
    }

    private func print(_ entries: [Entry], _ output: OutputWriter) {
        if quiet {
            for entry in entries { output.line(entry.name) }
        } else if format == "json" {
            let objects = entries.map { entry -> JSONValue in
                [
                    "Name": .string(entry.name), "Status": .string(entry.status),
                    "ConfigFiles": .string(entry.files),
                ]
            }
            output.line(JSONValue.array(objects).description)
        } else {
            var table = Table(["NAME", "STATUS", "CONFIG FILES"], minimumWidth: 20)
            for entry in entries { table.add([entry.name, entry.status, entry.files]) }
            output.write(table.text)
        }
    }

    /// `exited(1), running(2)`.
    private static func status(_ containers: [Container]) -> String {
        Dictionary(grouping: containers, by: \.state.rawValue).sorted { $0.key < $1.key }
            .map { "\($0.key)(\($0.value.count))" }.joined(separator: ", ")
    }

    private static func files(_ containers: [Container]) -> String {
        let files = Set(containers.compactMap { $0.labels[ProjectLabel.configFiles] }).subtracting([""])
        return files.isEmpty ? "N/A" : files.sorted().joined(separator: ",")
    }

    private static func namePattern(_ filter: String) throws -> Regex<AnyRegexOutput> {
        let parts = filter.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0] == "name" else {
            throw CommandError("unknown filter \"\(filter)\"", hint: "it is name=EXPRESSION")
        }
        do {
            return try Regex(String(parts[1]))
        } catch {
            throw CommandError("\"\(parts[1])\" is not a regular expression")
        }
    }
}
