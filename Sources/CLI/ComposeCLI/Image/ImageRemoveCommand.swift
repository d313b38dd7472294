internal import ArgumentParser
internal import EngineModel
internal import ImageStore
internal import Primitives
internal import TerminalUI

struct ImageRemoveCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.some

    @Flag(name: .shortAndLong, help: "Take the name away even if a container is made from the image")
    var force = false
    @Flag(name: .customLong("no-prune"), help: "Do not delete untagged parents (here, images have none)")
    var keepsParents = false
    @Argument(help: "IMAGE")
    var references: [String]

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        var code: Int32 = 0
        for reference in references {
            do throws(EngineError) {
                try images.remove(reference, force: force).print(on: context.output)
            } catch {
                if force, error.code == .notFound { continue }
                context.errors.line(error.description)
                if !error.hint.isEmpty { context.errors.line("hint: \(error.hint)") }
                code = 1
            }
        }
        return code
    }
}
