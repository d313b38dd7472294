public import Primitives

/// What happens in a build, in the order it happens. Steps are known by a number that counts from 1; several may be
/// under way at once.
public enum BuildEvent: Sendable, Hashable {
    /// `name` as BuildKit shows it: `[stage-1 2/5] RUN make`, `[internal] load build context`.
    case started(id: Int, name: String, at: Instant)
    /// What a step's program wrote.
    case output(id: Int, isError: Bool, bytes: [UInt8])
    /// How far a part of a step is: bytes, or `total` 0 where it is not known. `item`: a layer, `transferring context`.
    case progress(id: Int, item: String, current: Int64, total: Int64)
    /// The step ended. `error`: what went wrong, `CANCELED` when another step's failure or the user ended it.
    case completed(id: Int, cached: Bool, error: String?, at: Instant)
    /// The Dockerfile's or the builder's, one line.
    case warning(String)
}
