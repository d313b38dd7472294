public import EngineModel

/// The blob of a layer: its archive, compressed as it came or as it was made to be sent.
public struct LayerBlobRecord: Sendable, Hashable {
    /// `sha256:…` of the uncompressed archive, which is what names the layer.
    public var diffID: String
    /// `sha256:…` of the blob.
    public var digest: String
    /// Bytes of the blob.
    public var size: Int64
    /// Media type of the blob.
    public var mediaType: String

    public init(diffID: String, digest: String, size: Int64, mediaType: String) {
        self.diffID = diffID
        self.digest = digest
        self.size = size
        self.mediaType = mediaType
    }
}

extension StateStore {
    // MARK: Manifests

    /// Records the blob that is an image's manifest (`sha256:…`), instead of the one before.
    public func setManifest(_ digest: String, ofImage id: String) throws(EngineError) {
        try writing { connection in
            try connection.run(
                "INSERT OR REPLACE INTO image_manifests(image, digest) VALUES(?, ?)", [.text(id), .text(digest)])
        }
    }

    /// The digest of the manifest that the image came with; nil if there was none.
    public func manifest(ofImage id: String) throws(EngineError) -> String? {
        try manifests(where: "image=?", [.text(id)]).values.first
    }

    /// Image id → digest of its manifest.
    public func manifests() throws(EngineError) -> [String: String] { try manifests(where: "1", []) }

    private func manifests(where condition: String, _ values: [SQLValue]) throws(EngineError) -> [String: String] {
        try reading { connection in
            var found: [String: String] = [:]
            try connection.query("SELECT image, digest FROM image_manifests WHERE \(condition)", values) {
                found[$0.text(0)] = $0.text(1)
            }
            return found
        }
    }

    // MARK: Repository digests

    /// Records that a registry knows an image as `reference`: `docker.io/library/redis@sha256:…`.
    public func addRepositoryDigest(_ reference: String, image id: String) throws(EngineError) {
        try writing { connection in
            try connection.run(
                "INSERT OR REPLACE INTO repository_digests(reference, image) VALUES(?, ?)",
                [.text(reference), .text(id)])
        }
    }

    /// Image id → its repository digests, sorted.
    public func repositoryDigests() throws(EngineError) -> [String: [String]] {
        try reading { connection in
            var found: [String: [String]] = [:]
            try connection.query("SELECT image, reference FROM repository_digests ORDER BY reference") {
                found[$0.text(0), default: []].append($0.text(1))
            }
            return found
        }
    }

    /// The image that a registry knows as `reference`.
    public func image(repositoryDigest reference: String) throws(EngineError) -> ImageRecord? {
        var id: String?
        try reading { connection in
            try connection.query(
                "SELECT image FROM repository_digests WHERE reference=?", [.text(reference)]
            ) { id = $0.text(0) }
        }
        return try id.flatMap { id throws(EngineError) in try images(idPrefix: id).first }
    }

    /// Forgets the repository digest; false if it was not known.
    @discardableResult
    public func removeRepositoryDigest(_ reference: String) throws(EngineError) -> Bool {
        try removing { connection in
            try connection.run("DELETE FROM repository_digests WHERE reference=?", [.text(reference)])
            return connection.changes > 0
        }
    }

    // MARK: Blobs of layers

    /// Records the blob of a layer, instead of the one before.
    public func setLayerBlob(_ record: LayerBlobRecord) throws(EngineError) {
        try writing { connection in
            try connection.run(
                "INSERT OR REPLACE INTO layer_blobs(diff_id, digest, size, media_type) VALUES(?, ?, ?, ?)",
                [.text(record.diffID), .text(record.digest), .integer(record.size), .text(record.mediaType)])
        }
    }

    /// The archive that a layer was unpacked from; nil if it is not known.
    public func layerBlob(diffID: String) throws(EngineError) -> LayerBlobRecord? {
        try layerBlobs(where: "diff_id=?", [.text(diffID)]).first
    }

    /// The layers whose blob this is: one.
    public func layerBlobs(digest: String) throws(EngineError) -> [LayerBlobRecord] {
        try layerBlobs(where: "digest=?", [.text(digest)])
    }

    /// All archives of layers that are known.
    public func layerBlobs() throws(EngineError) -> [LayerBlobRecord] { try layerBlobs(where: "1", []) }

    /// Forgets the archive of a layer.
    public func removeLayerBlob(diffID: String) throws(EngineError) {
        try removing { connection in
            try connection.run("DELETE FROM layer_blobs WHERE diff_id=?", [.text(diffID)])
        }
    }

    private func layerBlobs(
        where condition: String, _ values: [SQLValue]
    ) throws(EngineError) -> [LayerBlobRecord] {
        try reading { connection in
            var found: [LayerBlobRecord] = []
            try connection.query(
                "SELECT diff_id, digest, size, media_type FROM layer_blobs WHERE \(condition) ORDER BY diff_id", values
            ) { row in
                found.append(
                    LayerBlobRecord(
                        diffID: row.text(0), digest: row.text(1), size: row.integer(2), mediaType: row.text(3)))
            }
            return found
        }
    }

    // MARK: Content that is kept without an image

    /// Keeps content (`layer DIGITS`, `blob DIGITS`) until `owner` lets it go, besides what it keeps already.
    public func keepContent(_ names: [String], owner: String) throws(EngineError) {
        try transaction {
            try writing { connection in
                for name in names {
                    try connection.run(
                        "INSERT OR IGNORE INTO kept_content(owner, name) VALUES(?, ?)", [.text(owner), .text(name)])
                }
            }
        }
    }

    /// `owner` keeps nothing any more.
    public func releaseContent(owner: String) throws(EngineError) {
        try removing { connection in
            try connection.run("DELETE FROM kept_content WHERE owner=?", [.text(owner)])
        }
    }

    /// What all owners keep, or one of them.
    public func keptContent(owner: String? = nil) throws(EngineError) -> Set<String> {
        try reading { connection in
            var found = Set<String>()
            try connection.query(
                "SELECT DISTINCT name FROM kept_content WHERE ?1 IS NULL OR owner=?1", [SQLValue(owner)]
            ) { found.insert($0.text(0)) }
            return found
        }
    }
}
