internal import ArgumentParser
internal import EngineModel

struct VolumeRemoveCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.some

    @Flag(name: .shortAndLong, help: "Force the removal of one or more volumes: those that are not there are no error")
    var force = false
    @Argument(help: "VOLUME")
    var names: [String]

    func execute(_ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        return context.removeEach(names, kind: "Volume", force: force) { name throws(EngineError) in
            // A trial would not notice otherwise.
            if try engine.volume(named: name) == nil {
                throw EngineError(.notFound, "get \(name)", "no such volume")
            }
            try engine.removeVolume(name)
        }
    }
}
