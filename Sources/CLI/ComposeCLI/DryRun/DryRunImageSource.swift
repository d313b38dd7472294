internal import EngineModel
internal import ImageBuilder
internal import ImageModel
internal import Primitives
internal import Registry

/// Registries that are only asked, and builds that are not made: what every command gets with `--dry-run`.
struct DryRunImageSource: ImageSource {
    let source: any ImageSource

    /// As in docker compose the registry has to know the image.
    func pull(
        _ reference: ImageReference, platform: Platform?, cancellation: Cancellation,
        progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError) -> String {
        try source.resolve(reference, cancellation: cancellation).description
    }

    func push(
        _ reference: ImageReference, cancellation: Cancellation, progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError) {}

    func resolve(_ reference: ImageReference, cancellation: Cancellation) throws(EngineError) -> Digest {
        try source.resolve(reference, cancellation: cancellation)
    }

    func build(
        _ request: BuildRequest, cancellation: Cancellation, events: @escaping @Sendable (BuildEvent) -> Void
    ) throws(BuildError) -> BuiltImage {
        BuiltImage(id: "dryRun", names: request.tags)
    }
}
