internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import Primitives
internal import TerminalUI

struct ExecCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atLeast(2)
    static let optionsEndAtArgument = true

    @Flag(name: .shortAndLong, help: "Detached mode: Run command in the background")
    var detach = false
    @Option(name: .shortAndLong, help: "Set environment variables")
    var env: [String] = []
    @Option(help: .value("int", "Index of the container if service has multiple replicas"))
    var index = 0
    @Flag(help: "Give extended privileges to the process")
    var privileged = false
    @Flag(
        name: [.customShort("T"), .customLong("no-tty"), .customLong("no-TTY")],
        help: "Disable pseudo-TTY allocation. By default 'compose exec' allocates a TTY.")
    var noTTY = false
    @Option(name: .shortAndLong, help: "Run the command as this user")
    var user: String?
    @Option(name: .shortAndLong, help: "Path to workdir directory for this command")
    var workdir: String?
    @Flag(
        name: .shortAndLong, inversion: .prefixedNo,
        help: ArgumentHelp("Keep STDIN open even if not attached", visibility: .hidden))
    var interactive = true
    @Flag(
        name: .shortAndLong,
        help: ArgumentHelp("Allocate a pseudo-TTY: on a terminal that is the default", visibility: .hidden))
    var tty = false
    @Argument(help: "SERVICE COMMAND [ARGS...]")
    var words: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        let container = try context.container(of: words[0], index: index, running: true)
        var request = ExecRequest(arguments: Array(words.dropFirst()))
        request.environment = env.map { entry in
            if entry.contains("=") { return entry }
            return context.environment[entry].map { "\(entry)=\($0)" } ?? entry
        }
        request.workingDirectory = workdir
        request.user = user
        request.privileged = privileged
        request.detach = detach
        if !detach {
            request.terminal = !noTTY && isatty(0) == 1
            if request.terminal { request.detachKeys = try context.detachKeys() }
            request.input = interactive ? 0 : nil
            request.output = 1
            request.error = 2
        }
        let code: Int32?
        do throws(EngineError) {
            code = try context.engine().exec(container.id, request)
        } catch {
            guard let code = error.exitCode else { throw error }
            throw CommandError("OCI runtime exec failed: \(error.reason)", exitCode: code)
        }
        if detach && context.root.dryRun {
            let words = request.arguments.map(\.quotedAsInGo).joined(separator: " ")
            context.errors.line(
                "\(dryRunMark)Executing command [\(words)] in \(container.id) (detached mode)")
        }
        if code == nil && !detach { throw CommandError("read escape sequence") }
        return code ?? 0
    }
}
