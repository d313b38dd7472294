internal import Archive
public import EngineModel
internal import FoundationEssentials
internal import Glibc
public import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Synchronization
internal import SystemPackage

/// An image as a registry keeps it: all of these are blobs of the store.
public struct ImageBlobs: Sendable, Hashable {
    /// The document.
    public var manifest: [UInt8]
    /// The manifest's.
    public var mediaType: String
    /// Its digest is the image's id.
    public var configuration: BlobDescriptor
    /// Undermost first.
    public var layers: [BlobDescriptor]
}

/// A manifest that is made here. The same image always gives the same bytes.
struct NewManifest: Encodable {
    struct Entry: Encodable {
        var mediaType: String
        var digest: String
        var size: Int64

        init(_ descriptor: BlobDescriptor, mediaType: String) {
            self.mediaType = descriptor.mediaType ?? mediaType
            digest = descriptor.digest.description
            size = descriptor.size
        }
    }

    var schemaVersion = 2
    var mediaType = MediaType.manifest
    var config: Entry
    var layers: [Entry]

    init(configuration: BlobDescriptor, layers: [BlobDescriptor]) {
        config = Entry(configuration, mediaType: MediaType.configuration)
        self.layers = layers.map { Entry($0, mediaType: MediaType.layer) }
    }
}

extension ImageStore {
    /// What is sent to a registry: the image's manifest and its blobs, held by the lease.
    ///
    /// The manifest is the one that the image came with, as long as all of its blobs are here and its layers are
    /// compressed; else one is made. Layers without a compressed blob get one that is kept: those that were made here
    /// are written again from their trees, and that archive must have the diff id as digest.
    public func blobs(of image: StoredImage, _ lease: ContentLease) throws(EngineError) -> ImageBlobs {
        let identity = try EngineError.explaining { try Digest(image.id) }
        let known = try knownBlobs(of: image, lease)
        if let known, !known.layers.contains(where: \.isPlainLayer) { return known }
        guard let size = try blobSize(identity, lease) else {
            throw EngineError(.notFound, "image \(image.id)", "its configuration is missing in the store")
        }
        let configuration = BlobDescriptor(mediaType: MediaType.configuration, digest: identity, size: size)
        let different = Array(Set(image.diffIDs))
        try lease.hold(different.map { .layer($0) })
        let made = Mutex<[Digest: BlobDescriptor]>([:])
        try ParallelWork.run(different.count, threads: 2, name: "image-layer") { index, _ throws(EngineError) in
            let blob = try compressedBlob(ofLayer: different[index], lease)
            made.withLock { $0[different[index]] = blob }
        }
        let blobs = made.withLock { $0 }
        let layers = image.diffIDs.compactMap { blobs[$0] }
        let document = try json(NewManifest(configuration: configuration, layers: layers), of: image.id)
        let digest = try add(blob: document, lease)
        if known == nil { try store.setManifest(digest.description, ofImage: image.id) }
        return ImageBlobs(
            manifest: document, mediaType: MediaType.manifest, configuration: configuration, layers: layers)
    }

    /// By the manifest that is recorded; nil if there is none or one of its blobs is missing.
    func knownBlobs(of image: StoredImage, _ lease: ContentLease) throws(EngineError) -> ImageBlobs? {
        guard let text = try store.manifest(ofImage: image.id), let digest = try? Digest(text),
            try blobSize(digest, lease) != nil
        else { return nil }
        let document = try blob(digest, limit: 4 << 20)
        let parsed = try EngineError.explaining { try ManifestDocument(json: document) }
        guard case .manifest(let configuration, let layers) = parsed else { return nil }
        try lease.hold(([configuration] + layers).map { .blob($0.digest) })
        for descriptor in [configuration] + layers where blobSize(descriptor.digest) != descriptor.size { return nil }
        return ImageBlobs(
            manifest: document, mediaType: ManifestDocument.mediaType(of: document), configuration: configuration,
            layers: layers)
    }

    /// The blob of a layer that is here, made if there is none or only an uncompressed one, whose place it takes.
    private func compressedBlob(ofLayer diffID: Digest, _ lease: ContentLease) throws(EngineError) -> BlobDescriptor {
        let known = try knownBlob(ofLayer: diffID, lease)
        if let known, !known.isPlainLayer { return known }
        let file = try BlobFile(layout)
        if let known {
            let plain = try openBlob(known.digest)
            try compress(into: file, "blob \(known.digest)") { gzip in
                try TeeSource(FileSource(plain.raw, offset: 0, length: known.size), into: gzip).finish()
            }
            _ = consume plain
        } else {
            try compress(into: file, "layer \(diffID)") { gzip in
                try writeLayer(diffID, to: gzip)
            }
        }
        let digest = try file.digest()
        let size = try file.publish(as: digest, lease)
        let mediaType = MediaType.compressedLayer
        try store.setLayerBlob(
            LayerBlobRecord(
                diffID: diffID.description, digest: digest.description, size: size, mediaType: mediaType))
        return BlobDescriptor(mediaType: mediaType, digest: digest, size: size)
    }

    private func compress(
        into file: BlobFile, _ subject: String, _ body: (GzipSink) throws -> Void
    ) throws(EngineError) {
        try EngineError.explaining(subject) {
            let gzip = try GzipSink(file)
            try body(gzip)
            try gzip.finish()
        }
    }

    func knownBlob(ofLayer diffID: Digest, _ lease: ContentLease) throws(EngineError) -> BlobDescriptor? {
        guard let record = try store.layerBlob(diffID: diffID.description), let digest = try? Digest(record.digest),
            try blobSize(digest, lease) == record.size
        else { return nil }
        return BlobDescriptor(mediaType: record.mediaType, digest: digest, size: record.size)
    }

    /// Writes a layer's archive, and fails if it is not the one that the diff id stands for.
    func writeLayer(_ diffID: Digest, to sink: any ByteSink) throws(ArchiveError) {
        let root: Descriptor
        do throws(Errno) {
            root = try Descriptor.open(layout.layer(diffID.hex), O_RDONLY | O_DIRECTORY)
        } catch {
            throw ArchiveError("", "opening its tree", error)
        }
        let hashing = HashingSink(sink)
        try archiveLayer(root, to: hashing)
        if hashing.finish() != diffID.hex {
            throw ArchiveError(
                .malformed, "",
                "its archive is not here and cannot be made again from its files: "
                    + "pull or load the image again")
        }
    }

    /// A document of ours: the same value always gives the same bytes.
    func json(_ value: some Encodable, of subject: String) throws(EngineError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(value))
        } catch {
            throw EngineError(.system, subject, "a document cannot be written as JSON: \(error)")
        }
    }
}

extension BlobDescriptor {
    /// Whether it is a layer that is not compressed.
    fileprivate var isPlainLayer: Bool { mediaType?.hasSuffix(".tar") ?? false }
}
