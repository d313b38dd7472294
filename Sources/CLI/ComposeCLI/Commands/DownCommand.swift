internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Reconciler
internal import TerminalUI

struct DownCommand: ComposeCommand {
    @Flag(help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false
    @Option(
        help:
            "Remove images used by services. \"local\" remove only images that don't have a custom tag (\"local\"|\"all\")"
    )
    var rmi: String?
    @Option(
        name: .shortAndLong,
        help: .value("int", "Specify a shutdown timeout in seconds"))
    var timeout: Int?
    @Flag(
        name: .shortAndLong,
        help:
            "Remove named volumes declared in the \"volumes\" section of the Compose file and anonymous volumes attached to containers"
    )
    var volumes = false
    @Argument(help: "SERVICE")
    var services: [String] = []

    func execute(_ context: CommandContext) throws -> Int32 {
        var options = DownOptions()
        if let rmi {
            guard let images = DownOptions.Images(rawValue: rmi), images != .none else {
                throw CommandError("invalid value for --rmi: \"\(rmi)\"", hint: "it is all or local")
            }
            options.removeImages = images
        }
        options.named = Set(services)
        options.removeOrphans = removeOrphans || context.flag("COMPOSE_REMOVE_ORPHANS")
        options.removeVolumes = volumes
        options.timeout = timeout
        try context.takeDown(services, options)
        return 0
    }
}
