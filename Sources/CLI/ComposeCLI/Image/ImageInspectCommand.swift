internal import ArgumentParser
internal import EngineModel
internal import FoundationEssentials
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import TerminalUI

struct ImageInspectCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.some

    @Option(name: .shortAndLong, help: "Format the output: json, or a template such as {{.Config.Env}}")
    var format = ""
    @Argument(help: "IMAGE")
    var references: [String]

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        var found: [ImageInspection] = []
        var failures: [EngineError] = []
        for reference in references {
            do throws(EngineError) {
                found.append(try images.inspect(reference))
            } catch {
                failures.append(error)
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let documents = try found.map { try JSONValue(parsing: Array(encoder.encode($0))) }
        try context.printDocuments(documents, format, maps: ["ExposedPorts", "Labels", "Volumes"])
        context.output.flush()
        for failure in failures { context.errors.line(failure.description) }
        return failures.isEmpty ? 0 : 1
    }
}
