internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import Registry
internal import StateStore
internal import TerminalUI

struct LoginCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atMost(1)

    @Option(name: .shortAndLong, help: "Username")
    var username: String?
    @Option(name: .shortAndLong, help: "Password: other users of this host see it, so better use --password-stdin")
    var password: String?
    @Flag(help: "Take the password from the standard input")
    var passwordStdin = false
    @Argument(help: "SERVER")
    var server = ""

    func execute(_ context: CommandContext) throws -> Int32 {
        var settings = termios()
        if tcgetattr(0, &settings) == 0 {
            // The terminal shows what is typed again, whatever the prompt for the password was doing.
            let original = settings
            try Interruption().onInterrupt { _ in
                var original = original
                tcsetattr(0, TCSAFLUSH, &original)
                _exit(130)
            }
        }
        if password != nil {
            context.errors.line("WARNING! Using --password via the CLI is insecure. Use --password-stdin.")
            if passwordStdin { throw CommandError("--password and --password-stdin are mutually exclusive") }
        }
        if passwordStdin, username == nil { throw CommandError("Must provide --username with --password-stdin") }
        let options = RegistryOptions.fromEnvironment(context.environment)
        let store = CredentialStore(directory: options.configDirectory, environment: context.environment)
        let client = RegistryClient(
            store: try context.images(), options: options)
        if username == nil, password == nil, try tryKnown(store, client, context) { return 0 }
        let credential = try ask(context)
        let kept = try client.verify(credential, for: server, cancellation: Cancellation())
        if let file = try store.store(kept, for: server) {
            context.errors.line(
                "WARNING! Your \(kept.identityToken.isEmpty ? "password" : "token") will be stored unencrypted in "
                    + "\(file).\nConfigure a credential helper to remove this warning (credsStore in that file).")
        }
        context.output.line("Login Succeeded")
        return 0
    }

    /// Whether the credentials that are there already still hold.
    private func tryKnown(
        _ store: CredentialStore, _ client: RegistryClient, _ context: CommandContext
    ) throws -> Bool {
        guard let known = try store.credential(for: server) else { return false }
        context.output.line("Authenticating with existing credentials...")
        context.output.flush()
        do throws(EngineError) {
            _ = try client.verify(known, for: server, cancellation: Cancellation())
        } catch {
            guard error.code == .permission else { throw error }
            context.errors.line("Login did not succeed, error: \(error.description)")
            return false
        }
        context.output.line("Login Succeeded")
        return true
    }

    private func ask(_ context: CommandContext) throws -> Credential {
        var name = username ?? ""
        var secret = password ?? ""
        if passwordStdin {
            let input = Descriptor(owning: fcntl(0, F_DUPFD_CLOEXEC, 3))
            secret = String(decoding: try input.readAll(limit: 1 << 16), as: UTF8.self)
            while secret.last?.isNewline == true { secret.removeLast() }
        } else if name.isEmpty || secret.isEmpty {
            guard isatty(0) == 1 else {
                throw CommandError(
                    "Cannot perform an interactive login from a non TTY device",
                    hint: "give --username, and the password through --password-stdin")
            }
            if name.isEmpty {
                if server.isEmpty {
                    context.output.line("Login with your Docker ID to push and pull images from Docker Hub.")
                }
                context.output.write("Username: ")
                context.output.flush()
                name = readLine() ?? ""
            }
            if secret.isEmpty { secret = try Prompt.secret("Password: ", output: context.output) }
        }
        if name.isEmpty { throw CommandError("username is required") }
        if secret.isEmpty { throw CommandError("password is required") }
        return Credential(username: name, password: secret)
    }
}
