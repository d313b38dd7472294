internal import Archive
public import EngineModel
internal import Glibc
public import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Synchronization
internal import SystemPackage

/// A layer that was made here.
public struct CommittedLayer: Sendable, Hashable {
    /// Digest of the layer's uncompressed tar archive.
    public var diffID: Digest
    /// Bytes of its files.
    public var size: Int64
    /// Whether it changes nothing.
    public var isEmpty: Bool

    public init(diffID: Digest, size: Int64, isEmpty: Bool) {
        self.diffID = diffID
        self.size = size
        self.isEmpty = isEmpty
    }
}

/// A directory for a layer in the making, on the layers' file system; removed unless committed.
///
/// What is written as an overlay's upper directory, by a mount with `redirect_dir=off,metacopy=off`, becomes the layer.
/// Any thread may use it, one at a time commits.
public final class LayerWorkspace: Sendable {
    private let layers: LayerStore
    private let lease: ContentLease
    private let temporary: TemporaryDirectory
    private let committed = Mutex(false)

    /// Becomes the layer's tree; an overlay's `upperdir`.
    public var upper: String { "\(temporary.path)/fs" }
    /// An overlay's `workdir`.
    public var work: String { "\(temporary.path)/work" }

    init(_ layers: LayerStore, _ lease: ContentLease) throws(EngineError) {
        self.layers = layers
        self.lease = lease
        temporary = try TemporaryDirectory(layers.layout)
        let raw = temporary.lock.file.raw
        try EngineError.explaining(temporary.path, doing: "making the layer's directories") {
            try systemCall { mkdirat(raw, "fs", 0o755) }
            try systemCall { fchmodat(raw, "fs", 0o755, 0) }
            try systemCall { mkdirat(raw, "work", 0o700) }
        }
    }

    /// Makes the tree a layer that the lease holds: times are cut to whole seconds, overlayfs's own marks go, and its
    /// archive, as it would be sent, gives the diff id. Nothing may write to the tree any more; no mount may use it.
    ///
    /// Until an image names the layer or ``ImageStore/keep(_:owner:)`` keeps it, only the lease does. Once only.
    ///
    /// - Parameters:
    ///   - epoch: seconds since 1970; later times of modification become this one (`SOURCE_DATE_EPOCH`).
    ///   - subject: what the layer is called in errors.
    public func commit(epoch: Int64?, subject: String) throws(EngineError) -> CommittedLayer {
        let first = committed.withLock { committed in
            defer { committed = true }
            return !committed
        }
        guard first else { throw EngineError(.invalid, subject, "its layer is committed already") }
        let root = try EngineError.explaining(subject, doing: "opening the layer's directory") {
            try temporary.lock.file.open(at: "fs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        }
        let (content, hex) = try EngineError.explaining(subject) {
            let content = try settleTree(root, epoch: epoch)
            let sink = HashingSink()
            try archiveLayer(root, to: sink)
            return (content, sink.finish())
        }
        guard let digest = Digest(hex: hex) else { throw EngineError(.system, subject, "not a digest: \(hex)") }
        try EngineError.explaining(subject, doing: "removing the work directory") { try Files.removeTree(work) }
        try lease.hold([.layer(digest)])
        try layers.publishIfMissing(temporary, LayerStore.Layer(digest: digest, size: content.bytes))
        return CommittedLayer(diffID: digest, size: content.bytes, isEmpty: content.isEmpty)
    }
}

/// Writes a layer's tree as the archive whose digest is its diff id.
func archiveLayer(_ root: borrowing Descriptor, to sink: any ByteSink) throws(ArchiveError) {
    let writer = try TarWriter(sink)
    try archiveTree(root, to: writer, rules: TreeArchiveRules(whiteouts: .overlay))
    try writer.finish()
}

extension ImageStore {
    /// A new, empty workspace. Those of dead processes are removed before.
    public func workspace(_ lease: ContentLease) throws(EngineError) -> LayerWorkspace {
        try layers.prepare()
        TemporaryDirectories(layout).sweep()
        return try LayerWorkspace(layers, lease)
    }
}
