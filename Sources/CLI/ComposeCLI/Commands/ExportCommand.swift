internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

struct ExportCommand: ComposeCommand {
    @Option(help: .value("int", "Index of the container if service has multiple replicas"))
    var index = 0
    @Option(name: .shortAndLong, help: "Write to a file, instead of STDOUT")
    var output: String?
    @Argument(help: "SERVICE")
    var service: String

    func execute(_ context: CommandContext) throws -> Int32 {
        let container = try context.container(of: service, index: index, running: false)
        guard let output else {
            if isatty(1) == 1 { throw CommandError("output option is required when exporting to terminal") }
            try context.engine().export(container.id, to: 1)
            return 0
        }
        let engine = try context.engine()
        try replacingFile(output) { try engine.export(container.id, to: $0) }
        return 0
    }
}
