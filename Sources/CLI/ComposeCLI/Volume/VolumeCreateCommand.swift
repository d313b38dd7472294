internal import ArgumentParser
internal import EngineModel
internal import Primitives
internal import TerminalUI

/// As in docker a volume that is there already is no error.
struct VolumeCreateCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atMost(1)

    @Option(name: .shortAndLong, help: "Specify volume driver name")
    var driver = "local"
    @Option(help: .value("list", "Set metadata for a volume"))
    var label: [String] = []
    @Option(name: .shortAndLong, help: .value("map", "Set driver specific options"))
    var opt: [String] = []
    @Argument(help: "VOLUME")
    var name: String?

    func execute(_ context: CommandContext) throws -> Int32 {
        var configuration = VolumeConfiguration(name: name ?? RandomIdentifier.make())
        configuration.driver = driver
        configuration.driverOptions = try KeyValueWords.options(opt, of: "-o, --opt")
        configuration.labels = KeyValueWords.labels(label)
        // By this docker tells what `volume prune` removes.
        if name == nil { configuration.labels[VolumeRows.anonymousLabel] = "" }
        let engine = try context.engine()
        if let known = try engine.volume(named: configuration.name) {
            let driver = known.configuration.driver ?? "local"
            if driver != self.driver {
                throw CommandError(
                    "a volume named \(configuration.name) already exists with the \(driver) driver")
            }
        } else {
            try engine.createVolume(configuration)
            context.tell("Volume \(configuration.name)", "Created")
        }
        context.output.line(configuration.name)
        return 0
    }
}
