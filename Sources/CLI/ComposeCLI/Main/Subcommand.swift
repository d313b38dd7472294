internal import ArgumentParser
internal import TerminalUI

/// Reads the words of a command below a group such as `compose image`: options as pflag takes them.
///
/// - Returns: nil if help was asked for, and printed.
func parseSubcommand(
    _ type: any ParsableCommand.Type, _ words: [String], _ context: CommandContext
) throws -> (any ParsableCommand)? {
    if words.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
        context.output.write(type.helpMessage(columns: 100) + "\n")
        return nil
    }
    do {
        return try type.parseAsRoot(words.flatMap(plainFlag))
    } catch let error as CommandError {
        throw error
    } catch {
        throw CommandError(usage: type.message(for: error))
    }
}

/// `--quiet=true` is `--quiet`, `--quiet=false` is nothing, and `--human=false`, being on by default, `--no-human`.
private func plainFlag(_ word: String) -> [String] {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, flags.contains(parts[0]), let on = RootOptions.boolean(parts[1]) else { return [word] }
    if on { return [parts[0]] }
    return parts[0] == "--human" ? ["--no-human"] : []
}

private let flags: Set<String> = [
    "--all", "--check", "--digests", "--force", "--human", "--load", "--no-cache", "--no-trunc", "--pull", "--push",
    "--quiet", "--verbose", "--volumes",
]
