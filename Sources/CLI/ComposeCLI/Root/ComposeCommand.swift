internal import ArgumentParser

/// A sub-command: its options are declared for ArgumentParser, and it runs with what the root options set up.
protocol ComposeCommand: ParsableCommand {
    /// Returns the exit code. Blocks until the command is done.
    func execute(_ context: CommandContext) throws -> Int32
}

/// The command with this name; nil if there is none.
///
/// A switch instead of ArgumentParser's tree: only the one command's declarations are looked at.
func commandType(_ name: String) -> (any ComposeCommand.Type)? {
    switch name {
    case "version": VersionCommand.self
    default: nil
    }
}
