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
        try checkRoot(root, environment)
        let line = try CommandLineWords(words, entry.options(), endsAtArgument: entry.type.optionsEndAtArgument)
        if line.wantsHelp {
            output.write(try HelpPage(output).command(entry))
            return 0
        }
        if line.dryRun { root.dryRun = true }
        if root.dryRun && !entry.hasDryRun { throw CommandError("compose \(entry.path) has no dry run") }
        let command = try entry.type.parse(words: line)
        let context = CommandContext(
            root: root, environment: environment,
            workingDirectory: Surroundings.workingDirectory(), output: output, errors: errors)
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

private func checkRoot(_ root: RootOptions, _ environment: [String: String]) throws(CommandError) {
    if let ansi = root.ansi, AnsiMode(rawValue: ansi) == nil {
        throw CommandError("unknown value for --ansi: \"\(ansi)\"", hint: "it is never, always or auto")
    }
    let progress = root.progress ?? environment["COMPOSE_PROGRESS"] ?? "auto"
    if ProgressMode(rawValue: progress) == nil && progress != "none" && !progress.isEmpty {
        throw CommandError("unsupported --progress value \"\(progress)\"")
    }
    if root.ansi == "never" && progress == "tty" {
        throw CommandError("can't use --progress tty while ANSI support is disabled")
    }
    if root.ansi == "always" && progress == "plain" {
        throw CommandError("can't use --progress plain while ANSI support is forced")
    }
}
