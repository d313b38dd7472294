internal import ArgumentParser
internal import EngineModel
internal import Primitives

struct VolumeInspectCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.some

    @Option(name: .shortAndLong, help: "Format the output: json, or a template such as {{.Mountpoint}}")
    var format = ""
    @Argument(help: "VOLUME")
    var names: [String]

    func execute(_ context: CommandContext) throws -> Int32 {
        let engine = try context.engine()
        var found = Inspections()
        for name in names {
            found.add { () throws(EngineError) in
                guard let volume = try engine.volume(named: name) else {
                    throw EngineError(.notFound, "get \(name)", "no such volume")
                }
                return Self.json(volume)
            }
        }
        return try found.print(format, context)
    }

    private static func json(_ volume: Volume) -> JSONValue {
        let configuration = volume.configuration
        return [
            "CreatedAt": .string(TimeText.seconds(volume.created)), "Driver": .string(configuration.driver ?? "local"),
            "Labels": configuration.labels.isEmpty ? .null : JSONValue(texts: configuration.labels),
            "Mountpoint": .string(volume.path), "Name": .string(volume.name),
            "Options": configuration.driverOptions.isEmpty ? .null : JSONValue(texts: configuration.driverOptions),
            "Scope": "local",
        ]
    }
}
