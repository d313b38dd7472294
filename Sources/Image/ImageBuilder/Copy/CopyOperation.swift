public import Engine
public import LinuxSystem
public import OCIImage

/// A `COPY` or `ADD` that is about to happen: what is remote has been fetched, and is removed with the operation.
///
/// Functions block; one call at a time.
public final class CopyOperation: Sendable {
    private let request: CopyRequest
    private let tree: CopyTree?

    /// Checks the request, and downloads what is remote.
    ///
    /// - Parameters:
    ///   - tree: where relative sources are looked up; nil if there are none (here-documents, URLs).
    ///   - progress: what is downloaded, bytes so far, and all bytes (0: not known).
    public init(
        _ request: CopyRequest, from tree: CopyTree?, access: SourceAccess, cancellation: Cancellation,
        progress: @escaping @Sendable (_ item: String, _ current: Int64, _ total: Int64) -> Void = { _, _, _ in }
    ) throws(EngineError) {
        self.request = request
        self.tree = tree
    }

    /// Names everything that the result depends on besides the root it goes to: names, kinds, contents, modes, link
    /// targets of the sources, and what the request says of them; owners only where they are kept. Not times.
    public func contentKey() throws(EngineError) -> Digest {
        throw EngineError(.unsupported, request.destination, "content keys are not computed yet")
    }

    /// Copies below `root`, and never anywhere else. What was copied stays there on failure.
    ///
    /// - Parameters:
    ///   - root: a stage's root from ``openOverlay(lower:workspace:)``, or with `--link` an empty directory.
    ///   - owner: of everything that is made; nil keeps owners, as the tree says.
    public func perform(into root: borrowing Descriptor, owner: FileOwner?) throws(EngineError) {
        throw EngineError(.unsupported, request.destination, "copying is not there yet")
    }
}
