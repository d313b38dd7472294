internal import ArgumentParser
internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import Primitives
internal import Registry
internal import TerminalUI

struct ImagePullCommand: ImageSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "compose image pull", abstract: "Download an image from a registry")

    @Flag(name: .shortAndLong, help: "Download all tagged images of the repository")
    var allTags = false
    @Option(help: "Platform of the image, such as linux/arm64")
    var platform: String?
    @Flag(name: .shortAndLong, help: "Print only the image's name")
    var quiet = false
    @Argument(help: "NAME[:TAG|@DIGEST]")
    var name: String

    func execute(_ context: CommandContext, _ images: ImageStore) throws -> Int32 {
        let interruption = try Interruption()
        let reference = try RegistryWords.reference(name)
        let platform = try platform.map { try Platform(words: $0) }
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

/// What the commands that talk to registries share.
enum RegistryWords {
    static func reference(_ text: String) throws -> ImageReference {
        do throws(ImageFormatError) {
            return try ImageReference(text)
        } catch {
            throw CommandError(error.description)
        }
    }

    /// Bars on a terminal, nothing when quiet; nil prints lines.
    static func progress(_ context: CommandContext, _ title: String, quiet: Bool) -> (any ProgressDisplay)? {
        if quiet { return QuietProgress() }
        switch context.progressMode {
        case .quiet: return QuietProgress()
        case .json: return context.progress(title)
        case .tty: return context.progress(title)
        case .plain, .auto: return nil
        }
    }
}
