internal import ArgumentParser
internal import CLinux
internal import Glibc
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
        guard let name = root.rest.first, !root.help, name != "help" else {
            output.write(helpText(for: root.rest.first { $0 != "help" }))
            return 0
        }
        guard let type = commandType(name) else {
            output.write(rootHelp)
            throw CommandError("unknown docker command: \"compose \(name)\"")
        }
        try checkRoot(root, environment)
        let line = CommandLineWords(Array(root.rest.dropFirst()), of: type)
        if line.wantsHelp {
            output.write(type.helpMessage(columns: 100) + "\n")
            return 0
        }
        if line.dryRun { root.dryRun = true }
        let command = try parse(type, line.words)
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

private func parse<Command: ComposeCommand>(
    _ type: Command.Type, _ words: [String]
) throws(CommandError) -> any ComposeCommand {
    do {
        let parsed = try type.parseAsRoot(words)
        if let command = parsed as? any ComposeCommand { return command }
        throw CommandError("this is not a command")
    } catch let error as CommandError {
        throw error
    } catch {
        throw CommandError(usage: usageMessage(type.message(for: error)))
    }
}

/// ArgumentParser's words for a wrong option in docker's.
private func usageMessage(_ message: String) -> String {
    let quoted = message.split(separator: "'", omittingEmptySubsequences: false)
    guard quoted.count > 1 else { return message }
    let name = String(quoted[1])
    if message.hasPrefix("Unknown option") {
        if name.hasPrefix("--") { return "unknown flag: \(name.split(separator: "=")[0])" }
        return "unknown shorthand flag: '\(name.dropFirst().prefix(1))' in \(name)"
    }
    if message.hasPrefix("Missing value for") { return "flag needs an argument: \(name.split(separator: " ")[0])" }
    return message
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
