internal import ArgumentParser
internal import EngineModel

struct NetworkRemoveCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.some

    @Flag(name: .shortAndLong, help: "Do not error if the network does not exist")
    var force = false
    @Argument(help: "NETWORK")
    var names: [String]

    func execute(_ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        return context.removeEach(names, kind: "Network", force: force) { name throws(EngineError) in
            // A trial would not notice otherwise.
            if try engine.network(named: name) == nil {
                throw EngineError(.notFound, "network \(name)", "not found")
            }
            try engine.removeNetwork(name)
        }
    }
}
