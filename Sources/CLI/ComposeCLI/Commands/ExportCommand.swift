internal import ArgumentParser
internal import Engine
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

struct ExportCommand: ComposeCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose export", abstract: "Export a service container's filesystem as a tar archive")

    @Option(help: "Index of the container if service has multiple replicas")
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
        let file: Descriptor
        do throws(Errno) {
            file = try Descriptor.open(output, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        } catch {
            throw CommandError("\(output) cannot be written: \(error.description)")
        }
        try context.engine().export(container.id, to: file.raw)
        return 0
    }
}
