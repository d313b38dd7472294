internal import ArgumentParser
internal import ComposeModel
internal import EngineModel
internal import Reconciler
internal import TerminalUI

struct DownCommand: ComposeCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose down", abstract: "Stop and remove containers, networks")

    @Flag(help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false
    @Option(help: "Remove images used by services. \"local\" remove only images that don't have a custom tag")
    var rmi: String?
    @Option(
        name: [.customShort("t", allowingJoined: true), .long], parsing: .unconditional,
        help: "Specify a shutdown timeout in seconds")
    var timeout: Int?
    @Flag(name: .shortAndLong, help: "Remove named volumes declared in the \"volumes\" section and anonymous volumes")
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

extension CommandContext {
    func takeDown(_ services: [String], _ options: DownOptions) throws {
        let state = try state(services: services)
        let plan = try planDown(state.project, named: state.name, state.observed, options)
        if plan.isEmpty { warnPlain("Warning: No resource found to remove for project \"\(state.name)\".") }
        try carryOut(plan, title: "Running")
    }

    /// A strict boolean of the environment.
    func flag(_ name: String) -> Bool { RootOptions.boolean(environment[name] ?? "") ?? false }

    /// A line on standard error that is no log record.
    func warnPlain(_ text: String) { errors.line(text) }
}
