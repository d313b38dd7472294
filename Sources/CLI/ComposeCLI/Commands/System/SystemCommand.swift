internal import ArgumentParser
internal import ImageStore
internal import StateStore
internal import TerminalUI

/// `compose system …`: the whole of what is kept on this host, of all projects.
struct SystemCommand: SystemCommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "compose system", abstract: "Show and free what all projects keep on this host",
        discussion: """
            Commands:
              df      Show disk usage
              prune   Remove unused data
            """)

    static let optionsWithValue: Set<String> = []

    @Argument(help: "COMMAND and its arguments")
    var words: [String] = []

    static func subcommand(_ name: String) -> (any SystemSubcommand.Type)? {
        switch name {
        case "df": SystemUsageCommand.self
        case "prune": SystemPruneCommand.self
        default: nil
        }
    }
}

/// A command whose first word names what is done: `compose system`, `compose builder`.
protocol SystemCommandGroup: PassThroughCommand {
    var words: [String] { get }
    static func subcommand(_ name: String) -> (any SystemSubcommand.Type)?
}

extension SystemCommandGroup {
    func execute(_ context: CommandContext) throws -> Int32 {
        guard let name = words.first else {
            context.output.write(Self.helpMessage(columns: 100) + "\n")
            return 0
        }
        guard let type = Self.subcommand(name) else {
            let group = Self.configuration.commandName ?? ""
            throw CommandError("unknown docker command: \"\(group) \(name)\"", hint: "see `\(group) --help`")
        }
        guard let parsed = try parseSubcommand(type, Array(words.dropFirst()), context) else { return 0 }
        guard let command = parsed as? any SystemSubcommand else { throw CommandError("this is not a command") }
        return try command.execute(context, StateStore(DataLayout.fromEnvironment()))
    }
}

/// A sub-command of such a group.
protocol SystemSubcommand: ParsableCommand {
    /// Returns the exit code. Blocks until the command is done.
    func execute(_ context: CommandContext, _ state: StateStore) throws -> Int32
}
