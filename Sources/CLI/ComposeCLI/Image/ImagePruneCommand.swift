internal import ArgumentParser
internal import EngineModel
internal import ImageStore
internal import TerminalUI

struct ImagePruneCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.none

    @Flag(name: .shortAndLong, help: "Remove images with a name too")
    var all = false
    @Option(help: "Remove only images that match: label, label!, until; may be repeated")
    var filter: [String] = []
    @Flag(name: .shortAndLong, help: "Do not ask")
    var force = false

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        var filter = try ImageFilter(filter, known: ["dangling", "label", "label!", "until"], images)
        let all = all || filter.dangling == false
        filter.dangling = nil
        if !force {
            context.output.line(
                all
                    ? "WARNING! This will remove all images without at least one container associated to them."
                    : "WARNING! This will remove all dangling images.")
            guard Prompt.confirm("Are you sure you want to continue?", fallback: false, output: context.output) else {
                return 0
            }
        }
        let (steps, bytes) = try images.prune(all: all) { filter.matches($0) }
        if !steps.isEmpty {
            context.output.line("Deleted Images:")
            steps.print(on: context.output, lowercase: true)
            context.output.line("")
        }
        context.output.line("Total reclaimed space: \(HumanText.size(bytes))")
        return 0
    }
}
