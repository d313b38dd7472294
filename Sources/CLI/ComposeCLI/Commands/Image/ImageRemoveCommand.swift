internal import ArgumentParser
internal import EngineModel
internal import ImageStore
internal import TerminalUI

struct ImageRemoveCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(commandName: "compose image rm", abstract: "Remove images")

    @Flag(name: .shortAndLong, help: "Take the name away even if a container is made from the image")
    var force = false
    @Flag(name: .customLong("no-prune"), help: "Do not delete untagged parents (here, images have none)")
    var keepsParents = false
    @Argument(help: "IMAGE")
    var references: [String]

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
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

struct ImagePruneCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image prune", abstract: "Remove images without a name that no container is made from")

    @Flag(name: .shortAndLong, help: "Remove images with a name too")
    var all = false
    @Option(help: "Remove only images that match: label, label!, until; may be repeated")
    var filter: [String] = []
    @Flag(name: .shortAndLong, help: "Do not ask")
    var force = false

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
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

struct ImageTagCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image tag", abstract: "Give an image one more name")

    @Argument(help: "SOURCE[:TAG]")
    var source: String
    @Argument(help: "TARGET[:TAG]")
    var target: String

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
        try images.tag(source, as: target)
        return 0
    }
}

extension [ImageRemovalStep] {
    /// In docker's words.
    func print(on output: OutputWriter, lowercase: Bool = false) {
        for step in self {
            switch step {
            case .untagged(let name): output.line("\(lowercase ? "untagged" : "Untagged"): \(name)")
            case .deleted(let id): output.line("\(lowercase ? "deleted" : "Deleted"): \(id)")
            }
        }
    }
}
