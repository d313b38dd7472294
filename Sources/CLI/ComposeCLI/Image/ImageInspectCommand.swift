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
        try print(found, on: context.output)
        context.output.flush()
        for failure in failures { context.errors.line(failure.description) }
        return failures.isEmpty ? 0 : 1
    }

    private func print(_ images: [ImageInspection], on output: OutputWriter) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        switch format {
        case "":
            encoder.outputFormatting.insert(.prettyPrinted)
            output.line(String(decoding: try encoder.encode(images), as: UTF8.self))
        case "json":
            for image in images { output.line(String(decoding: try encoder.encode(image), as: UTF8.self)) }
        default:
            let template = try ValueTemplate(format)
            for image in images {
                let value = try JSONValue(parsing: Array(encoder.encode(image)))
                output.line(try template.fill(value))
            }
        }
    }
}
