internal import Archive
public import EngineModel
internal import FoundationEssentials
public import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore

/// What a pull, build, load or commit hands over.
public struct NewImage: Sendable {
    /// The configuration, as it came: the image's id is its digest.
    public var document: [UInt8]
    /// Its manifest's document, as it came; nil for one that is made when it is needed.
    public var manifest: [UInt8]?
    /// Names that it gets, with the default tag where they have none; other images lose them.
    public var names: [ImageReference]
    /// How registries know it: `docker.io/library/redis@sha256:…`.
    public var repositoryDigests: [String]

    public init(
        document: [UInt8], manifest: [UInt8]? = nil, names: [ImageReference] = [], repositoryDigests: [String] = []
    ) {
        self.document = document
        self.manifest = manifest
        self.names = names
        self.repositoryDigests = repositoryDigests
    }
}

extension ImageStore {
    /// Records an image whose layers are here, all at once; one that is known gets the names and digests too. Afterwards
    /// it survives the loss of power, and so do all layers that the lease holds.
    ///
    /// Fails with `.invalid` if the documents contradict each other and `.notFound` if a layer is missing.
    ///
    /// - Returns: its id, `sha256:…`.
    @discardableResult
    public func register(_ image: NewImage, _ lease: ContentLease) throws(EngineError) -> String {
        let configuration = try EngineError.explaining {
            try ImageConfiguration(json: image.document)
        }
        var size: Int64 = 0
        try lease.hold(configuration.diffIDs.map { .layer($0) })
        for diffID in Set(configuration.diffIDs) {
            guard let bytes = layers.size(of: diffID) else {
                throw EngineError(.notFound, "layer \(diffID)", "it is not in the store")
            }
            size += bytes
        }
        try layers.settle(lease.layers)
        let digest = try add(blob: image.document, lease)
        let manifest = try image.manifest.map { document throws(EngineError) in
            try check(document, configuration: digest, layers: configuration.diffIDs.count)
            return try add(blob: document, lease)
        }
        try session.lease?.hold([.blob(digest)] + configuration.diffIDs.map { .layer($0) })
        let record = ImageRecord(
            id: digest.description, layers: configuration.diffIDs.map(\.description), size: size, stored: .now(),
            content: try ImageContent(configuration).json(of: digest))
        try EngineError.explaining(layout.blobs, doing: "writing its names to the disk") {
            try Files.syncDirectory(layout.blobs)
        }
        try store.transaction(durable: true) {
            try store.insert(record)
            if let manifest { try store.setManifest(manifest.description, ofImage: record.id) }
            for reference in image.repositoryDigests {
                try store.addRepositoryDigest(reference, image: record.id)
            }
            for name in image.names where name.withDefaultTag.tag != nil {
                try store.name(image: record.id, reference: name.withDefaultTag.withoutDigest.description)
            }
        }
        return record.id
    }

    private func check(_ manifest: [UInt8], configuration: Digest, layers count: Int) throws(EngineError) {
        let document = try EngineError.explaining { try ManifestDocument(json: manifest) }
        guard case .manifest(let descriptor, let layers) = document else {
            throw EngineError(.invalid, "image \(configuration)", "an index is not an image's manifest")
        }
        guard descriptor.digest == configuration, layers.count == count else {
            throw EngineError(.invalid, "image \(configuration)", "its manifest is not that of this configuration")
        }
    }
}

extension ImageContent {
    func json(of digest: Digest) throws(EngineError) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        } catch {
            throw EngineError(.system, "image \(digest)", "its configuration cannot be recorded: \(error)")
        }
    }
}
