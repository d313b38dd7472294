internal import ArgumentParser
internal import EngineModel
internal import Glibc

struct ExecCommand: ComposeCommand {
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
        guard let service = words.first, words.count > 1 else {
            throw CommandError(usage: "requires at least 2 arg(s), only received \(words.count)")
        }
        let container = try context.container(of: service, index: index, running: true)
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
            request.input = interactive ? 0 : nil
            request.output = 1
            request.error = 2
        }
        do throws(EngineError) {
            return try context.engine().exec(container.id, request) ?? 0
        } catch {
            guard let code = error.exitCode else { throw error }
            throw CommandError("OCI runtime exec failed: \(error.reason)", exitCode: code)
        }
    }
}
