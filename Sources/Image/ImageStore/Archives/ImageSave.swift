internal import Archive
internal import Digests
public import EngineModel
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore

extension ImageStore {
    /// Writes images into one archive that `docker load` reads and that is an OCI layout too.
    ///
    /// What an archive or a registry brought is written as it came: manifest, configuration and layers keep their
    /// digests. Layers that were made here are written uncompressed unless they were compressed to be sent before.
    ///
    /// - Parameters:
    ///   - references: names or ids; an id stands for the image with all of its names.
    ///   - file: open for writing; stays the caller's.
    public func save(_ references: [String], to file: Int32, subject: String) throws(EngineError) {
        let lease = try lease()
        let output = try EngineError.explaining(subject) { try TarWriter(FileSink(file)) }
        var archive = SavedArchive(store: self, lease: lease, output: output, subject: subject)
        for reference in references {
            guard let image = try resolve(reference) else { throw Self.notFound(reference) }
            try lease.hold(image.diffIDs.map { .layer($0) })
            let name = (try? ImageReference(reference))?.withDefaultTag.familiar
            let names = name.map { image.summary.tags.contains($0) ? [$0] : [] } ?? image.summary.tags
            try archive.add(
                image, names: names.isEmpty && image.id.contains(reference) ? image.summary.tags : names)
        }
        try archive.finish()
    }
}

/// An archive that is being written.
private struct SavedArchive {
    let store: ImageStore
    let lease: ContentLease
    let output: TarWriter
    let subject: String
    private var written = Set<Digest>()
    private var images: [SavedImage] = []
    private var manifests: [Index.Entry] = []

    init(store: ImageStore, lease: ContentLease, output: TarWriter, subject: String) {
        self.store = store
        self.lease = lease
        self.output = output
        self.subject = subject
    }

    struct Index: Encodable {
        struct Entry: Encodable {
            var mediaType: String
            var digest: String
            var size: Int
            var annotations: [String: String]?
        }

        var schemaVersion = 2
        var mediaType = MediaType.index
        var manifests: [Entry]
    }

    mutating func add(_ image: StoredImage, names: [String]) throws(EngineError) {
        let known = try store.knownBlobs(of: image, lease)
        var layers = known?.layers ?? []
        for layer in layers { try addBlob(layer.digest) }
        if known == nil {
            for diffID in image.diffIDs { layers.append(try addLayer(diffID)) }
        }
        let document = try store.configurationDocument(of: image)
        let configuration = BlobDescriptor(
            mediaType: MediaType.configuration, digest: try addBlob(document), size: Int64(document.count))
        var manifest = known?.manifest ?? []
        if known == nil {
            manifest = try store.json(NewManifest(configuration: configuration, layers: layers), of: image.id)
        }
        list(manifest, try addBlob(manifest), names: names)
        let path = path(configuration.digest)
        if let listed = images.firstIndex(where: { $0.configuration == path }) {
            images[listed].names = (images[listed].names ?? []) + names
        } else {
            images.append(SavedImage(configuration: path, names: names, layers: layers.map { self.path($0.digest) }))
        }
    }

    private mutating func list(_ manifest: [UInt8], _ digest: Digest, names: [String]) {
        for name in names.isEmpty ? [nil] : names.map(Optional.some) {
            var annotations: [String: String]?
            if let name, let reference = try? ImageReference(name) {
                annotations = [
                    "io.containerd.image.name": reference.description,
                    "org.opencontainers.image.ref.name": reference.tag ?? "latest",
                ]
            }
            manifests.append(
                Index.Entry(
                    mediaType: ManifestDocument.mediaType(of: manifest), digest: digest.description,
                    size: manifest.count, annotations: annotations))
        }
    }

    func finish() throws(EngineError) {
        try addFile("index.json", try store.json(Index(manifests: manifests), of: subject))
        try addFile("manifest.json", try store.json(images, of: subject))
        try addFile("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        try EngineError.explaining(subject) { try output.finish() }
    }

    /// A layer without a manifest: as its blob if there is one, else uncompressed.
    private mutating func addLayer(_ diffID: Digest) throws(EngineError) -> BlobDescriptor {
        if let blob = try store.knownBlob(ofLayer: diffID, lease) {
            try addBlob(blob.digest)
            return blob
        }
        let file = try BlobFile(store.layout, hashes: false)
        try EngineError.explaining("layer \(diffID)") { try store.writeLayer(diffID, to: file) }
        if written.insert(diffID).inserted { try add(file.raw, size: file.count, as: diffID) }
        return BlobDescriptor(mediaType: MediaType.layer, digest: diffID, size: file.count)
    }

    private mutating func addBlob(_ digest: Digest) throws(EngineError) {
        guard written.insert(digest).inserted else { return }
        let blob = try store.openBlob(digest)
        try add(blob.raw, size: store.blobSize(digest) ?? 0, as: digest)
        _ = consume blob
    }

    private mutating func addBlob(_ bytes: [UInt8]) throws(EngineError) -> Digest {
        guard let digest = Digest(hex: SHA256.hex(of: bytes)) else {
            throw EngineError(.system, subject, "a document has no digest")
        }
        if written.insert(digest).inserted { try addFile(path(digest), bytes) }
        return digest
    }

    private func add(_ file: Int32, size: Int64, as digest: Digest) throws(EngineError) {
        var entry = entry(path(digest))
        entry.size = size
        try EngineError.explaining(subject) { try output.add(entry, file: file) }
    }

    private func addFile(_ path: String, _ bytes: [UInt8]) throws(EngineError) {
        var entry = entry(path)
        entry.size = Int64(bytes.count)
        try EngineError.explaining(subject) { try output.add(entry, content: bytes) }
    }

    private func path(_ digest: Digest) -> String { "blobs/sha256/\(digest.hex)" }

    private func entry(_ path: String) -> TarEntry { TarEntry(path: Array(path.utf8), kind: .file, mode: 0o644) }
}
