public import LinuxSystem

/// A tree that `COPY` and `ADD` take files from. Nothing outside of it is ever reached, whatever links it holds.
public final class CopyTree: Sendable {
    /// Whom the copied files belong to.
    public enum Owners: Sendable, Hashable {
        /// Everything belongs to root: what the host's users are is of no meaning in an image.
        case root
        /// As in the tree: a stage's or an image's files.
        case kept
    }

    let root: Descriptor
    let owners: Owners
    /// Whether a path from the root is left out.
    let excludes: (@Sendable (_ path: String, _ isDirectory: Bool) -> Bool)?
    /// Whether something below a directory that is left out may still belong to the tree.
    let mayIncludeBelow: (@Sendable (_ path: String) -> Bool)?
    let digests: FileDigestCache?
    /// Kept as long as the tree.
    let holder: (any Sendable)?

    /// - Parameter root: an open directory, such as a stage's from an `Overlay`.
    public convenience init(_ root: consuming Descriptor, owners: Owners) {
        self.init(root, owners: owners, excludes: nil, mayIncludeBelow: nil, digests: nil, holder: nil)
    }

    init(
        _ root: consuming Descriptor, owners: Owners,
        excludes: (@Sendable (_ path: String, _ isDirectory: Bool) -> Bool)?,
        mayIncludeBelow: (@Sendable (_ path: String) -> Bool)?, digests: FileDigestCache?, holder: (any Sendable)?
    ) {
        self.root = root
        self.owners = owners
        self.excludes = excludes
        self.mayIncludeBelow = mayIncludeBelow
        self.digests = digests
        self.holder = holder
    }
}
