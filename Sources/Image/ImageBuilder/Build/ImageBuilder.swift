public import EngineModel
internal import Glibc
public import ImageModel
public import ImageStore
internal import LinuxSystem
public import Primitives
public import StateStore

/// Builds images from Dockerfiles into an image store. A value without state of its own; any thread may use it, and
/// several builds, of this and of other processes, may be under way at once.
public struct ImageBuilder: Sendable {
    /// Fetches an image by name into the store, even if it is there.
    public typealias Pull =
        @Sendable (ImageReference, Cancellation, _ progress: @escaping @Sendable (String, Int64, Int64) -> Void)
        throws(EngineError) -> Void

    let state: StateStore
    let store: ImageStore
    let runner: any BuildRunner
    let pull: Pull
    let fetch: SourceAccess.Fetch
    let caches: CacheTransfer

    /// - Parameters:
    ///   - runner: what RUN happens on; told when a build has ended.
    ///   - pull: for base images.
    ///   - fetch: for files that ADD names by URL, and remote contexts.
    public init(
        state: StateStore, store: ImageStore, runner: any BuildRunner, pull: @escaping Pull,
        push: @escaping CacheTransfer.Push, fetch: @escaping SourceAccess.Fetch
    ) {
        self.state = state
        self.store = store
        self.runner = runner
        self.pull = pull
        self.fetch = fetch
        caches = CacheTransfer(store: store, pull: pull, push: push)
    }

    /// Builds the request's target and gives it its names. Blocks until it is done.
    ///
    /// - Parameters:
    ///   - cancellation: ends the build; it then throws `.cancelled`.
    ///   - events: told what happens, by one thread at a time; it must not block for long.
    /// - Throws: why and where. What succeeded before is in the cache, and nothing else is left.
    public func build(
        _ request: BuildRequest, cancellation: Cancellation, events: @escaping @Sendable (BuildEvent) -> Void
    ) throws(BuildError) -> BuiltImage {
        defer { runner.finish() }
        let progress = BuildProgress(events)
        let build = Build(self, request, progress, cancellation)
        return try build.run()
    }
}
