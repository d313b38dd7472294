internal import ImageBuilder

extension LocalEngine {
    /// Runs programs of image builds on this host.
    public func buildRunner() -> LocalBuildRunner { LocalBuildRunner(layout: layout, store: store) }
}
