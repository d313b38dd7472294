public import Engine

/// The files that a build may use: a directory, or what was unpacked or fetched to a temporary one, which is removed
/// with the context.
public final class BuildContext: Sendable {
    /// The archive, standard input or URL was no archive: it is the Dockerfile, and the context is empty otherwise.
    /// ``read(_:limit:)`` finds it under the name `Dockerfile`.
    public let isDockerfile: Bool

    /// Opens a directory, unpacks an archive, fetches a URL or a Git repository. `.image` and `.build` are no
    /// contexts: see ``openTree(layers:)``.
    public static func open(
        _ source: ContextSource, access: SourceAccess, cancellation: Cancellation,
        progress: @escaping @Sendable (_ item: String, _ current: Int64, _ total: Int64) -> Void = { _, _, _ in }
    ) throws(EngineError) -> BuildContext {
        throw EngineError(.unsupported, "\(source)", "contexts are not opened yet")
    }

    private init() {
        isDockerfile = false
    }

    /// A file's bytes, whether ignored or not; nil if there is none. Links are followed within the context.
    ///
    /// - Parameter path: relative to the context's root.
    public func read(_ path: String, limit: Int = 16 << 20) throws(EngineError) -> [UInt8]? {
        nil
    }

    /// The files of the context without those that `DOCKERFILE.dockerignore` or else `.dockerignore` names.
    ///
    /// - Parameter dockerfile: its path relative to the context's root; nil if it is elsewhere.
    public func tree(dockerfile: String?) throws(EngineError) -> CopyTree {
        throw EngineError(.unsupported, "build context", "it is not read yet")
    }
}
