internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import ImageStore
internal import LinuxSystem
internal import Registry
internal import StateStore
internal import TerminalUI

struct LogoutCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atMost(1)

    @Argument(help: "SERVER")
    var server = ""

    func execute(_ context: CommandContext) throws -> Int32 {
        let options = RegistryOptions.fromEnvironment(context.environment)
        let store = CredentialStore(directory: options.configDirectory, environment: context.environment)
        let key = RegistryServer.key(server)
        if try store.erase(server) {
            context.output.line("Removing login credentials for \(key)")
        } else {
            context.output.line("Not logged in to \(key)")
        }
        return 0
    }
}
