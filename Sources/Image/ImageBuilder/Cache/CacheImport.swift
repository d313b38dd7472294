internal import Digests
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Results of another host's builds.
struct CacheImport: Sendable {
    /// As the output names it.
    let subject: String
    private let steps: [String: CacheRecords.Step]
    /// Gets a layer into the store, held by the build's lease; false if it cannot be had.
    private let fetch: @Sendable (Digest) throws(EngineError) -> Bool

    init(
        subject: String, _ records: CacheRecords,
        fetch: @escaping @Sendable (Digest) throws(EngineError) -> Bool
    ) {
        self.subject = subject
        steps = Dictionary(records.steps.map { ($0.key, $0) }) { first, _ in first }
        self.fetch = fetch
    }

    /// The result of a key, whose layer is here now.
    func result(_ key: StepKey) throws(EngineError) -> StepResult? {
        guard let step = steps[key.hex] else { return nil }
        if let layer = step.layer, try !fetch(layer) { return nil }
        return StepResult(layer: step.layer, size: step.size, made: Instant(nanoseconds: step.made))
    }
}

/// An OCI image layout (OCI image specification, image-layout) of one image: `index.json` and `blobs/sha256`.
struct CacheDirectory: Sendable {
    let path: String

    private func blob(_ digest: Digest) -> String { "\(path)/blobs/sha256/\(digest.hex)" }

    /// The records, and for each layer its blob; nil if there is no cache in the directory.
    func read() throws(EngineError) -> (records: CacheRecords, layers: [Digest: BlobDescriptor])? {
        guard Files.exists("\(path)/index.json") else { return nil }
        let index = try EngineError.explaining(path, doing: "reading the index") {
            try Files.read("\(path)/index.json", limit: 4 << 20)
        }
        do throws(ImageFormatError) {
            guard case .index(let images) = try ManifestDocument(json: index), let image = images.first,
                case .manifest(let configuration, let blobs) = try ManifestDocument(json: verified(image))
            else { return nil }
            let document = try verified(configuration)
            let layers = try ImageConfiguration(json: document).diffIDs
            guard let records = CacheRecords(document: document), layers.count == blobs.count else { return nil }
            return (records, Dictionary(zip(layers, blobs)) { first, _ in first })
        } catch {
            throw EngineError(.invalid, path, error.description)
        }
    }

    /// A document's bytes, checked against their digest.
    func verified(_ descriptor: BlobDescriptor) throws(ImageFormatError) -> [UInt8] {
        guard let bytes = try? Files.read(blob(descriptor.digest), limit: 4 << 20) else {
            throw ImageFormatError(.malformed, path, "the blob \(descriptor.digest) cannot be read")
        }
        guard SHA256.hex(of: bytes) == descriptor.digest.hex else {
            throw ImageFormatError(.digest, path, "the blob \(descriptor.digest) has other content")
        }
        return bytes
    }

    /// Takes a layer over into the store.
    func fetch(
        _ layer: Digest, _ descriptor: BlobDescriptor, store: ImageStore, lease: ContentLease,
        cancellation: Cancellation
    ) throws(EngineError) {
        let ingest = try store.ingest(descriptor.digest, size: descriptor.size, lease, cancellation: cancellation)
        if let ingest {
            try ingest.restart()
            let file = try EngineError.explaining(path, doing: "opening a layer") {
                try Descriptor.open(blob(descriptor.digest), O_RDONLY)
            }
            while true {
                let bytes = try EngineError.explaining(path, doing: "reading a layer") { try file.read(upTo: 1 << 16) }
                if bytes.isEmpty { break }
                try write(bytes, to: ingest)
            }
            try ingest.commit()
        }
        try store.unpackLayer(layer, from: descriptor, subject: path, lease)
    }

    private func write(_ bytes: [UInt8], to ingest: BlobIngest) throws(EngineError) {
        let outcome = bytes.withUnsafeBytes { pointer -> Result<Void, EngineError> in
            do throws(EngineError) {
                return .success(try ingest.write(pointer))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// Writes an image's documents and layers, and then the index that names it.
    func write(_ image: ImageBlobs, from store: ImageStore) throws(EngineError) {
        try EngineError.explaining(path, doing: "making the directory") {
            try Files.makeDirectories("\(path)/blobs/sha256", mode: 0o755)
        }
        for descriptor in image.layers + [image.configuration] where !Files.exists(blob(descriptor.digest)) {
            try copy(descriptor.digest, from: store)
        }
        let hex = SHA256.hex(of: image.manifest)
        let index = """
            {"manifests":[{"digest":"sha256:\(hex)","mediaType":"\(image.mediaType)","size":\(image.manifest.count)}],\
            "mediaType":"\(MediaType.index)","schemaVersion":2}
            """
        try EngineError.explaining(path, doing: "writing the index") {
            try Files.replace("\(path)/blobs/sha256/\(hex)", with: image.manifest, mode: 0o644)
            try Files.replace("\(path)/oci-layout", with: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), mode: 0o644)
            try Files.replace("\(path)/index.json", with: Array(index.utf8), mode: 0o644)
        }
    }

    private func copy(_ digest: Digest, from store: ImageStore) throws(EngineError) {
        let source = try store.openBlob(digest)
        let temporary = "\(blob(digest)).tmp"
        try EngineError.explaining(path, doing: "writing a blob") {
            try Files.replace(temporary, with: [], mode: 0o644)
            let target = try Descriptor.open(temporary, O_WRONLY)
            while true {
                let bytes = try source.read(upTo: 1 << 16)
                if bytes.isEmpty { break }
                try target.writeAll(bytes)
            }
            try systemCall { rename(temporary, blob(digest)) }
        }
    }
}
