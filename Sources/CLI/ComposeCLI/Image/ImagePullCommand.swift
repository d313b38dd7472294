internal import ArgumentParser
internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import Primitives
internal import Registry
internal import TerminalUI

struct ImagePullCommand: ComposeCommand {
    static let argumentCount = ArgumentCount.exactly(1)

    @Flag(name: .shortAndLong, help: "Download all tagged images of the repository")
    var allTags = false
    @Option(help: "Platform of the image, such as linux/arm64")
    var platform: String?
    @Flag(name: .shortAndLong, help: "Print only the image's name")
    var quiet = false
    @Argument(help: "NAME[:TAG|@DIGEST]")
    var name: String

    func execute(_ context: CommandContext) throws -> Int32 {
        let images = try context.images()
        let interruption = try Interruption()
        let reference = try RegistryWords.reference(name)
        let platform = try platform.map { try Platform(parsing: $0) }
        let client = RegistryClient(store: images, options: .fromEnvironment(context.environment))
        guard allTags else {
            try pull(reference.withDefaultTag, platform, client, interruption.cancellation, context)
            return 0
        }
        if reference.tag != nil || reference.digest != nil {
            throw CommandError("tag can't be used with --all-tags/-a")
        }
        for tag in try client.tags(of: reference, cancellation: interruption.cancellation) {
            let tagged = try RegistryWords.reference("\(reference.name):\(tag)")
            try pull(tagged, platform, client, interruption.cancellation, context)
        }
        return 0
    }

    private func pull(
        _ reference: ImageReference, _ platform: Platform?, _ client: RegistryClient, _ cancellation: Cancellation,
        _ context: CommandContext
    ) throws {
        if reference.description != name, name == reference.familiarName, !quiet, !allTags {
            context.output.line("Using default tag: latest")
        }
        let header = "\(reference.tag ?? reference.digest?.description ?? ""): Pulling from \(reference.path)"
        let display = TransferDisplay(
            context, progress: RegistryWords.progress(context, "Pulling", quiet: quiet),
            header: quiet ? "" : header, isPush: false)
        let pulled: PulledImage
        do throws(EngineError) {
            defer { display.finish() }
            pulled = try client.pull(reference, platform: platform, cancellation: cancellation) {
                display.show($0)
            }
        } catch {
            throw error
        }
        if !quiet {
            context.output.line("Digest: \(pulled.digest)")
            context.output.line(
                pulled.isNew
                    ? "Status: Downloaded newer image for \(reference.familiar)"
                    : "Status: Image is up to date for \(reference.familiar)")
        }
        context.output.line(reference.description)
        context.output.flush()
    }
}
