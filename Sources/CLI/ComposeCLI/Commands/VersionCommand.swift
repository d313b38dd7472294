internal import ArgumentParser
internal import Primitives
internal import TerminalUI

struct VersionCommand: ComposeCommand {
    @Option(name: .shortAndLong, help: "Format the output. Values: [pretty | json].")
    var format = "pretty"
    @Flag(help: "Shows only Compose's version number")
    var short = false

    /// This program's own; containers carry the version of docker compose that they are compatible with as a label.
    static let number = "0.1.0"

    func execute(_ context: CommandContext) throws -> Int32 {
        if short {
            context.output.line(Self.number)
        } else if format == "json" {
            context.output.line(JSONValue.object(["version": "v\(Self.number)"]).description)
        } else {
            context.output.line("Docker Compose version v\(Self.number)")
        }
        return 0
    }
}
