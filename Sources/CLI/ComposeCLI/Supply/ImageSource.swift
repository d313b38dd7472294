internal import EngineModel
internal import ImageBuilder
internal import ImageModel
internal import ImageStore
internal import Primitives
internal import Registry

/// Where images come from and go to: registries and builds. Any thread may call any function; all of them block.
protocol ImageSource: Sendable {
    /// Returns the image's id.
    func pull(
        _ reference: ImageReference, platform: Platform?, cancellation: Cancellation,
        progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError) -> String
    func push(
        _ reference: ImageReference, cancellation: Cancellation,
        progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError)
    /// The digest of what the name means in its registry now.
    func resolve(_ reference: ImageReference, cancellation: Cancellation) throws(EngineError) -> Digest
    func build(
        _ request: BuildRequest, cancellation: Cancellation, events: @escaping @Sendable (BuildEvent) -> Void
    ) throws(BuildError) -> BuiltImage
}

/// This host's own store, client and builder.
struct LocalImageSource: ImageSource {
    let store: ImageStore
    let registry: RegistryClient
    private let options: RegistryOptions
    /// What a build's programs run in ends with that build, so each gets its own.
    let runner: @Sendable () -> any BuildRunner

    init(store: ImageStore, options: RegistryOptions, runner: @escaping @Sendable () -> any BuildRunner) {
        self.store = store
        self.options = options
        registry = RegistryClient(store: store, options: options)
        self.runner = runner
    }

    func pull(
        _ reference: ImageReference, platform: Platform?, cancellation: Cancellation,
        progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError) -> String {
        try registry.pull(reference, platform: platform, cancellation: cancellation, progress: progress).id
    }

    func push(
        _ reference: ImageReference, cancellation: Cancellation,
        progress: @escaping @Sendable (TransferEvent) -> Void
    ) throws(EngineError) {
        _ = try registry.push(reference, cancellation: cancellation, progress: progress)
    }

    func resolve(_ reference: ImageReference, cancellation: Cancellation) throws(EngineError) -> Digest {
        try registry.resolve(reference, cancellation: cancellation)
    }

    func build(
        _ request: BuildRequest, cancellation: Cancellation, events: @escaping @Sendable (BuildEvent) -> Void
    ) throws(BuildError) -> BuiltImage {
        let builder = ImageBuilder(store: store, registry: registry, runner: runner())
        var request = request
        do throws(EngineError) {
            request.arguments.merge(try options.proxyArguments()) { given, _ in given }
        } catch {
            events(.warning("the proxies of docker's configuration are not used: \(error)"))
        }
        return try builder.build(request, cancellation: cancellation, events: events)
    }
}
