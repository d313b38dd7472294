internal import ArgumentParser

/// A command: its options are declared for ArgumentParser, and it runs with what the root options set up.
///
/// Its name, group and line of help are in ``CommandList``.
protocol ComposeCommand: ParsableCommand {
    /// Whether the options end at the first argument: the rest is a command line for a container.
    static var optionsEndAtArgument: Bool { get }
    /// The arguments in the usage line, one entry for each line; nil is what the declaration of the arguments says.
    static var usage: [String]? { get }
    /// How many arguments it takes.
    static var argumentCount: ArgumentCount { get }
    /// What help says below the command's line; nil for nothing.
    static var details: String? { get }

    /// Returns the exit code. Blocks until the command is done.
    func execute(_ context: CommandContext) throws -> Int32
}

extension ComposeCommand {
    static var optionsEndAtArgument: Bool { false }
    static var usage: [String]? { nil }
    static var argumentCount: ArgumentCount { .any }
    static var details: String? { nil }

    /// The command that `words` ask for.
    static func parse(words: CommandLineWords, of path: String = "") throws(CommandError) -> any ComposeCommand {
        do {
            return try parse(words.words)
        } catch {
            throw CommandError(usage: message(for: error), of: path)
        }
    }
}
