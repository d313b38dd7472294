internal import ArgumentParser
internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import Registry
internal import TerminalUI

struct ImagePushCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(1)

    @Flag(name: .shortAndLong, help: "Push all tags of the repository that are here")
    var allTags = false
    @Flag(name: .shortAndLong, help: "Print only the image's name")
    var quiet = false
    @Argument(help: "NAME[:TAG]")
    var name: String

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        let interruption = try Interruption()
        let reference = try RegistryWords.reference(name)
        let client = RegistryClient(store: images, options: .fromEnvironment(context.environment))
        var references = [reference.withDefaultTag]
        if allTags {
            if reference.tag != nil || reference.digest != nil {
                throw CommandError("tag can't be used with --all-tags/-a")
            }
            let all = try images.list().flatMap(\.summary.tags).compactMap { try? ImageReference($0) }
            references = all.filter { $0.name == reference.name }
            if references.isEmpty {
                throw CommandError("An image does not exist locally with the tag: \(reference.familiarName)")
            }
        } else if !quiet, reference.tag == nil, reference.digest == nil {
            context.output.line("Using default tag: latest")
        }
        if !quiet { context.output.line("The push refers to repository [\(reference.name)]") }
        for reference in references {
            let display = TransferDisplay(
                context, progress: RegistryWords.progress(context, "Pushing", quiet: quiet), header: "",
                isPush: true)
            let pushed: PushedImage
            do throws(EngineError) {
                defer { display.finish() }
                pushed = try client.push(reference, cancellation: interruption.cancellation) { display.show($0) }
            } catch {
                throw error
            }
            context.output.line(
                quiet
                    ? reference.description
                    : "\(reference.tag ?? ""): digest: \(pushed.digest) size: \(pushed.size)")
            context.output.flush()
        }
        return 0
    }
}
