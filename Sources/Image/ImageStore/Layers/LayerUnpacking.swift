internal import Archive
public import EngineModel
public import ImageModel
internal import LinuxSystem
internal import StateStore

extension ImageStore {
    /// Whether a layer is here, unpacked; the lease holds it from now on.
    public func hasLayer(_ diffID: Digest, _ lease: ContentLease) throws(EngineError) -> Bool {
        try lease.hold([.layer(diffID)])
        return layers.size(of: diffID) != nil
    }

    /// Unpacks a layer from a blob that is in the store, unless it is here. Of several threads and processes one works
    /// and the others wait. The content is checked against the diff id before anything is visible.
    ///
    /// - Parameter subject: what the layer is called in errors.
    public func unpackLayer(
        _ diffID: Digest, from blob: BlobDescriptor, subject: String, _ lease: ContentLease
    ) throws(EngineError) {
        try lease.hold([.layer(diffID), .blob(blob.digest)])
        if layers.size(of: diffID) != nil { return }
        try layers.prepare()
        TemporaryDirectories(layout).sweep()
        let file = try openBlob(blob.digest)
        let (raw, size) = (file.raw, blobSize(blob.digest) ?? 0)
        _ = try layers.unpack(diffID, subject: subject) { FileSource(raw, offset: 0, length: size) }
        try store.setLayerBlob(
            LayerBlobRecord(
                diffID: diffID.description, digest: blob.digest.description, size: size,
                mediaType: blob.mediaType ?? MediaType.layer))
        _ = consume file
    }
}
