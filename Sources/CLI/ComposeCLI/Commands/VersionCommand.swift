internal import ArgumentParser
internal import Primitives
internal import Reconciler
internal import TerminalUI

struct VersionCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Option(name: .shortAndLong, help: "Format the output. Values: [pretty | json].")
    var format = "pretty"
    @Flag(help: "Shows only Compose's version number")
    var short = false

    /// This program's own. What scripts ask for is the version of docker compose whose behaviour they get, so that stands
    /// first and, where they read one number only, alone.
    static let number = "0.1.0"

    func execute(_ context: CommandContext) throws -> Int32 {
        if short {
            context.output.line(composeLabelVersion)
        } else if format == "json" {
            let versions: JSONValue = ["version": .string("v\(composeLabelVersion)"), "compose": .string(Self.number)]
            context.output.line(versions.description)
        } else {
            context.output.line("Docker Compose version v\(composeLabelVersion) (compose \(Self.number))")
        }
        return 0
    }
}
