internal import Archive
internal import CLinux
public import EngineModel
internal import Glibc
public import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// What a container's changes become an image of.
public struct ImageCommit: Sendable {
    /// The container's writable layer: an overlay's upper directory that nothing writes to meanwhile.
    public var upper: String
    /// What the container was made from: its layers stay the same ones, the new one lies on top.
    public var base: StoredImage
    /// The image's settings before ``changes``.
    public var execution: ImageConfiguration.Execution
    /// Lines as in a Dockerfile; see ``ConfigurationChange``.
    public var changes: [String] = []
    /// `--author`; nil keeps the base image's.
    public var author: String?
    /// The history's comment.
    public var message = ""
    /// The command that made the changes, for the history.
    public var createdBy = ""
    /// Paths at which something was mounted: what was only made to mount on is left out.
    public var mountPoints: [String] = []
    /// The new image's name, if any.
    public var name: String?

    public init(upper: String, base: StoredImage, execution: ImageConfiguration.Execution) {
        self.upper = upper
        self.base = base
        self.execution = execution
    }
}

extension ImageStore {
    /// Makes an image of a container's changes: one layer more, unless nothing was changed, and one history entry.
    ///
    /// - Parameter subject: what the container is called in errors.
    /// - Returns: the image's id.
    public func commit(_ commit: ImageCommit, subject: String) throws(EngineError) -> String {
        let name = try commit.name.map { text throws(EngineError) in try parse(text) }
        if name?.digest != nil {
            throw EngineError(.invalid, "image reference \"\(commit.name ?? "")\"", "a new name cannot hold a digest")
        }
        var execution = commit.execution
        try EngineError.explaining { try ConfigurationChange.apply(commit.changes, to: &execution) }
        try EngineError.explaining { try execution.validate() }
        let lease = try lease()
        try lease.hold(commit.base.diffIDs.map { .layer($0) })
        let layer = try copyChanges(commit, subject: subject, lease)
        var configuration = try configuration(of: commit.base)
        let now = Instant.now()
        configuration.execution = execution
        configuration.author = commit.author ?? configuration.author
        // Entries belong to layers by their order: where the image has too few, the new one would count for another.
        let described = configuration.history.filter { !$0.emptyLayer }.count
        for _ in 0..<max(0, configuration.diffIDs.count - described) {
            configuration.history.append(ImageConfiguration.History(created: configuration.created, createdBy: ""))
        }
        configuration.history.append(
            ImageConfiguration.History(
                created: now, createdBy: commit.createdBy, comment: commit.message, emptyLayer: layer.isEmpty))
        configuration.created = now
        if !layer.isEmpty { configuration.diffIDs.append(layer.diffID) }
        let document = try EngineError.explaining { try configuration.json() }
        return try register(NewImage(document: document, names: name.map { [$0] } ?? []), lease)
    }

    private func copyChanges(
        _ commit: ImageCommit, subject: String, _ lease: ContentLease
    ) throws(EngineError) -> CommittedLayer {
        let workspace = try workspace(lease)
        let source = try EngineError.explaining(subject, doing: "opening its writable layer") {
            try Descriptor.open(commit.upper, O_RDONLY | O_DIRECTORY)
        }
        let target = try EngineError.explaining(subject, doing: "opening the new layer") {
            try Descriptor.open(workspace.upper, O_RDONLY | O_DIRECTORY)
        }
        try EngineError.explaining(subject) {
            try copyTree(from: source, to: target, overlayMarks: true)
        }
        for path in commit.mountPoints { removeMountPoint(path, target, commit.base.layers) }
        return try workspace.commit(epoch: nil, subject: subject)
    }

    /// Removes an empty file or directory, and its parent if that is empty then and the layers below have it.
    private func removeMountPoint(_ path: String, _ tree: borrowing Descriptor, _ layers: [String]) {
        var components = path.split(separator: "/").map(String.init)
        guard let name = components.popLast(), !components.contains(".."), name != ".." else { return }
        let parent = components.joined(separator: "/")
        let resolve: PathResolution = [.beneath, .noSymlinks]
        guard
            let directory = try? tree.open(
                at: parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY, resolve: resolve)
        else { return }
        var status = stat()
        guard fstatat(directory.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: if unlinkat(directory.raw, name, AT_REMOVEDIR) != 0 { return }
        case S_IFREG where status.st_size == 0: if unlinkat(directory.raw, name, 0) != 0 { return }
        default: return
        }
        let isBelow = layers.contains { layer in
            guard let root = try? Descriptor.open(layer, O_RDONLY | O_DIRECTORY) else { return false }
            return (try? root.open(at: parent, O_RDONLY | O_DIRECTORY, resolve: resolve)) != nil
        }
        if !parent.isEmpty, isBelow { unlinkat(tree.raw, parent, AT_REMOVEDIR) }
    }
}
