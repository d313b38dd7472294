/// A mount that a program sees while it runs and that leaves nothing in the layer (`RUN --mount`).
public struct BuildMount: Sendable {
    /// What is mounted.
    public enum Kind: Sendable {
        /// A directory or file inside another tree. `layers` topmost first, never empty; `path` absolute inside it,
        /// links followed within the tree. `writable`: changes are possible, and thrown away afterwards.
        case tree(layers: [String], path: String, writable: Bool)
        /// A host directory of ours (cache mount, filtered context); changes stay.
        case directory(path: String, readOnly: Bool)
        /// A file that exists in memory only.
        case secretFile(content: [UInt8], mode: UInt32, uid: UInt32, gid: UInt32)
        /// A socket of the host (ssh agent), reachable under `target`.
        case socket(path: String, mode: UInt32, uid: UInt32, gid: UInt32)
        /// `size` in bytes; nil is the kernel's default.
        case tmpfs(size: UInt64?)
    }

    /// What is mounted, and whether it may be written to.
    public var kind: Kind
    /// Absolute path in the container. Made when missing, and removed again afterwards.
    public var target: String

    public init(_ kind: Kind, at target: String) {
        self.kind = kind
        self.target = target
    }
}
