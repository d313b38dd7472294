internal import ArgumentParser
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage
internal import TerminalUI

struct ExportCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.atLeast(1, atMost: 1)

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
        let display = context.progress("Exporting")
        defer { display.finish() }
        let words = "export \(container.name) to \(output)"
        display.report(ProgressItem(container.name, words, .working, detail: "Exporting"))
        try context.replacingFile(output) { try engine.export(container.id, to: $0) }
        display.report(ProgressItem(container.name, words, .done, detail: "Exported"))
        return 0
    }
}
