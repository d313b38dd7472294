internal import CLinux
internal import TerminalUI

/// The whole life of a `compose` command.
///
/// - Parameter arguments: the command line without the program's name.
/// - Returns: the exit status.
public func composeMain(arguments: [String]) -> Int32 {
    clinux_ignore_sigpipe()
    let output = OutputWriter(1)
    let errors = OutputWriter(2, immediate: true)
    defer { output.flush() }
    var json = false
    var debug = false
    do {
        var root = try RootOptions(arguments)
        debug = root.debug
        let environment = Surroundings.environment()
        json = (root.progress ?? environment["COMPOSE_PROGRESS"]) == "json"
        if root.version { root.rest = ["version"] }
        let wantsHelp = root.help || root.rest.first == "help"
        if root.rest.first == "help" { root.rest.removeFirst() }
        let target = try target(of: root.rest, output)
        guard case .command(let entry, let words) = target, !wantsHelp else {
            output.write(try HelpPage(output).text(for: target))
            return 0
        }
        try root.check(environment)
        let line = try entry.read(words)
        if line.wantsHelp {
            output.write(try HelpPage(output).command(entry))
            return 0
        }
        if line.dryRun { root.dryRun = true }
        if root.dryRun && !entry.hasDryRun { throw CommandError("compose \(entry.path) has no dry run") }
        let command = try entry.command(line)
        let context = CommandContext(
            root: root, environment: environment,
            workingDirectory: Surroundings.workingDirectory(), output: output, errors: errors)
        // Docker compose looks at it with every command that knows the project.
        if entry.path != "version" && entry.path != "ls" { _ = try context.parallelLimit }
        return try command.execute(context)
    } catch {
        output.flush()
        if let exit = error as? ExitCode { return exit.code }
        guard let rendered = RenderedError(error) else { return 1 }
        rendered.print(on: errors, json: json, debug: debug)
        return rendered.exitCode
    }
}

/// What the words ask for; for an unknown command help stands before the error.
private func target(of words: [String], _ output: OutputWriter) throws -> CommandList.Target {
    do throws(CommandError) {
        return try CommandList.target(of: words)
    } catch {
        output.write(try HelpPage(output).root())
        throw error
    }
}
