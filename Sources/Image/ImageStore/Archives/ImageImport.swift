internal import Archive
public import EngineModel
public import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore

extension ImageStore {
    /// Makes an image of one layer from an archive of a root file system, compressed or not.
    ///
    /// - Parameters:
    ///   - file: open for reading, anything; stays the caller's.
    ///   - subject: what the archive is called in errors.
    ///   - changes: lines as in a Dockerfile; see ``ConfigurationChange``.
    ///   - base: the settings that `changes` are applied to.
    ///   - author: who made it.
    ///   - message: the history's comment.
    ///   - name: its name, if any.
    /// - Returns: the image's id.
    public func importRoot(
        _ file: Int32, subject: String, base: ImageConfiguration.Execution = .init(), changes: [String],
        author: String? = nil, message: String = "", platform: Platform = .host, name: String?
    ) throws(EngineError) -> String {
        let reference = try name.map { text throws(EngineError) in try parse(text) }
        if reference?.digest != nil {
            throw EngineError(.invalid, "image reference \"\(name ?? "")\"", "a new name cannot hold a digest")
        }
        var execution = base
        try EngineError.explaining { try ConfigurationChange.apply(changes, to: &execution) }
        try EngineError.explaining { try execution.validate() }
        TemporaryDirectories(layout).sweep()
        try layers.prepare()
        let lease = try lease()
        let layer = try unpackKeepingBlob(file, subject: subject, lease)
        var configuration = ImageConfiguration(
            architecture: platform.architecture, os: platform.os, diffIDs: [layer.digest], execution: execution)
        configuration.variant = platform.variant
        configuration.author = author
        let now = Instant.now()
        configuration.created = now
        configuration.history = [
            ImageConfiguration.History(
                created: now, createdBy: "", comment: message.isEmpty ? "Imported from \(subject)" : message)
        ]
        let document = try EngineError.explaining { try configuration.json() }
        return try register(NewImage(document: document, names: reference.map { [$0] } ?? []), lease)
    }

    /// The archive's files are a layer, and the archive, uncompressed, is its blob.
    private func unpackKeepingBlob(
        _ file: Int32, subject: String, _ lease: ContentLease
    ) throws(EngineError) -> LayerStore.Layer {
        let blob = try BlobFile(layout, hashes: false)
        let source = try EngineError.explaining(subject) {
            TeeSource(try DecompressingSource(FileSource(file)), into: blob)
        }
        let layer = try layers.unpack(subject: subject, source, lease)
        let size = try blob.publish(as: layer.digest, lease)
        if try knownBlob(ofLayer: layer.digest, lease) == nil {
            try store.setLayerBlob(
                LayerBlobRecord(
                    diffID: layer.digest.description, digest: layer.digest.description, size: size,
                    mediaType: MediaType.layer))
        }
        return layer
    }
}
