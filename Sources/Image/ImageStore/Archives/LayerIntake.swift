internal import Archive
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import Primitives
internal import StateStore

/// Takes layers of an archive into the store: unpacked, and as the blobs that they are in the archive.
struct LayerIntake: Sendable {
    let images: ImageStore
    /// The archive, an open file.
    let file: Int32
    let lease: ContentLease

    func take(_ layer: ArchivedImage.Layer) throws(EngineError) {
        try lease.hold([.layer(layer.diffID)])
        guard let place = layer.place else {
            _ = try images.layers.unpack(layer.diffID, subject: layer.subject) {
                throw ArchiveError(.malformed, "", "the layer is neither in the archive nor in the store")
            }
            return
        }
        let blob = try LayerBlob(layer, at: place, in: file, images.layout)
        var unpacked = false
        _ = try images.layers.unpack(layer.diffID, subject: layer.subject) {
            unpacked = true
            return blob.source
        }
        if !unpacked {
            if try isKnown(layer) { return }
            try blob.checkContent()
        }
        guard let mediaType = blob.mediaType else { return }
        let (digest, size) = try blob.publish(lease)
        if try images.knownBlob(ofLayer: layer.diffID, lease) != nil { return }
        try images.store.setLayerBlob(
            LayerBlobRecord(
                diffID: layer.diffID.description, digest: digest.description, size: size, mediaType: mediaType))
    }

    /// Whether the blob, or where the archive says nothing about it any blob of the layer, is in the store.
    private func isKnown(_ layer: ArchivedImage.Layer) throws(EngineError) -> Bool {
        guard let blob = layer.blob else { return try images.knownBlob(ofLayer: layer.diffID, lease) != nil }
        return try images.blobSize(blob.digest, lease) == blob.size
    }
}

/// A layer's bytes in the archive, which become a blob while they are read. Used by one thread.
private final class LayerBlob {
    private let layer: ArchivedImage.Layer
    private let target: BlobFile
    private let isCompressed: Bool
    /// The bytes; what is read from it is in the blob.
    let source: TeeSource
    /// nil for a compression that no image has.
    let mediaType: String?

    init(
        _ layer: ArchivedImage.Layer, at place: ArchiveIndex.Place, in file: Int32, _ layout: DataLayout
    ) throws(EngineError) {
        var start = [UInt8](repeating: 0, count: 8)
        let count = pread(file, &start, min(8, Int(place.size)), Int(place.offset))
        let compression = start.prefix(max(0, count)).withUnsafeBytes { Compression(of: $0) }
        self.layer = layer
        isCompressed = compression != nil
        mediaType =
            switch compression {
            case nil: layer.blob?.mediaType ?? MediaType.layer
            case .gzip: layer.blob?.mediaType ?? MediaType.compressedLayer
            case .zstd: layer.blob?.mediaType ?? MediaType.zstdLayer
            case .bzip2, .xz: layer.blob?.mediaType
            }
        // Of an uncompressed layer the digest is the diff id, which is computed when it is unpacked.
        target = try BlobFile(layout, hashes: compression != nil)
        source = TeeSource(FileSource(file, offset: place.offset, length: place.size), into: target)
    }

    /// Reads everything, and fails if that is not the layer.
    func checkContent() throws(EngineError) {
        let hex = try EngineError.explaining(layer.subject) {
            try HashingSource(try DecompressingSource(source)).finish()
        }
        if hex != layer.diffID.hex {
            throw EngineError(
                .invalid, layer.subject,
                "the layer's content has the digest sha256:\(hex), but it should be \(layer.diffID)")
        }
    }

    /// After the content was read and found right: the blob becomes visible.
    func publish(_ lease: ContentLease) throws(EngineError) -> (digest: Digest, size: Int64) {
        try EngineError.explaining(layer.subject) { try source.finish() }
        let digest = isCompressed ? try target.digest() : layer.diffID
        if let blob = layer.blob, blob.digest != digest {
            throw EngineError(.invalid, layer.subject, "the blob's digest is not \(blob.digest)")
        }
        return (digest, try target.publish(as: digest, lease))
    }
}
