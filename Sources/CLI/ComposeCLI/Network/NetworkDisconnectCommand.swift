internal import ArgumentParser
internal import EngineModel

struct NetworkDisconnectCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(2)

    @Flag(name: .shortAndLong, help: "Do not error if the container is not in the network")
    var force = false
    @Argument(help: "NETWORK")
    var network: String
    @Argument(help: "CONTAINER")
    var container: String

    func execute(_ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        let found = try engine.container(container)
        do throws(EngineError) {
            try engine.disconnect(found.id, from: network)
        } catch {
            if !force || error.code != .notFound { throw error }
        }
        context.tell("Network \(network)", "Disconnected")
        return 0
    }
}
