internal import Archive
internal import CLinux
public import EngineModel
internal import Glibc
public import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore

extension ImageStore {
    /// Whether all of an image's layers are here. A loss of power may have taken some of one whose loading was not
    /// reported yet; loading, pulling or building it again makes it whole.
    public func isWhole(_ image: StoredImage) -> Bool { image.diffIDs.allSatisfy { layers.size(of: $0) != nil } }

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
        do throws(EngineError) {
            _ = try layers.unpack(diffID, subject: subject) { FileSource(raw, offset: 0, length: size) }
        } catch {
            // A blob that the disk has lost some of, of a size that is right: the next attempt gets it anew.
            if try contentDigest(of: file) != blob.digest.hex { unlink(layout.blob(blob.digest.hex)) }
            throw error
        }
        try store.setLayerBlob(
            LayerBlobRecord(
                diffID: diffID.description, digest: blob.digest.description, size: size,
                mediaType: blob.mediaType ?? MediaType.layer))
        _ = consume file
    }

    private func contentDigest(of file: borrowing Descriptor) throws(EngineError) -> String {
        let raw = file.raw
        return try EngineError.explaining("a blob", doing: "reading it") {
            try HashingSource(FileSource(raw, offset: 0, length: Int64(try file.status().st_size))).finish()
        }
    }
}
