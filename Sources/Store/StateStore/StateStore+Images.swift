public import EngineModel
public import Primitives

/// An image as it is recorded.
public struct ImageRecord: Sendable, Hashable {
    /// `sha256:…` of the configuration.
    public var id: String
    /// Diff ids, undermost first.
    public var layers: [String]
    /// Bytes of all layers, unpacked.
    public var size: Int64
    /// When it came into the store, or was found to be there already when it was pulled, built or loaded again.
    public var stored: Instant
    /// What the image store wants to have at hand, as JSON; not looked into here.
    public var content: String
    /// Full references that name it, sorted.
    public var names: [String]

    public init(id: String, layers: [String], size: Int64, stored: Instant, content: String, names: [String] = []) {
        self.id = id
        self.layers = layers
        self.size = size
        self.stored = stored
        self.content = content
        self.names = names
    }
}

private let imageColumns = """
    id, layers, size, stored, content, \
    (SELECT group_concat(reference, ' ') FROM image_names WHERE image=images.id)
    """

extension StateStore {
    /// Adds an image; of a known one only the time changes. Its `names` are not taken: see ``name(image:reference:)``.
    public func insert(_ image: ImageRecord) throws(EngineError) {
        try writing { connection in
            try connection.run(
                """
                INSERT INTO images(id, layers, size, stored, content) VALUES(?, ?, ?, ?, ?) \
                ON CONFLICT(id) DO UPDATE SET stored=excluded.stored
                """,
                [
                    .text(image.id), .text(image.layers.joined(separator: " ")), .integer(image.size),
                    .integer(image.stored.nanoseconds), .text(image.content),
                ], subject: "image \(image.id)")
        }
    }

    /// Notes that an image was found to be up to date.
    public func setStored(image id: String, at time: Instant) throws(EngineError) {
        try writing { connection in
            try connection.run(
                "UPDATE images SET stored=? WHERE id=?", [.integer(time.nanoseconds), .text(id)],
                subject: "image \(id)")
        }
    }

    /// Makes a full reference name this image; returns the id of the image that it named before, if another.
    @discardableResult
    public func name(image id: String, reference: String) throws(EngineError) -> String? {
        try transaction { () throws(EngineError) -> String? in
            let previous = try image(reference: reference)?.id
            try writing { connection in
                try connection.run(
                    "INSERT OR REPLACE INTO image_names(reference, image) VALUES(?, ?)", [.text(reference), .text(id)])
            }
            return previous == id ? nil : previous
        }
    }

    /// Takes a name away; false if it named nothing.
    @discardableResult
    public func unname(reference: String) throws(EngineError) -> Bool {
        try removing { connection in
            try connection.run("DELETE FROM image_names WHERE reference=?", [.text(reference)])
            return connection.changes > 0
        }
    }

    /// Forgets an image and its names; its files are the caller's to remove.
    public func removeImage(id: String) throws(EngineError) {
        try removing { connection in
            try connection.run("DELETE FROM images WHERE id=?", [.text(id)])
            try connection.run("DELETE FROM image_names WHERE image=?", [.text(id)])
            try connection.run("DELETE FROM image_manifests WHERE image=?", [.text(id)])
            try connection.run("DELETE FROM repository_digests WHERE image=?", [.text(id)])
        }
    }

    /// The image that this full reference names.
    public func image(reference: String) throws(EngineError) -> ImageRecord? {
        try images(where: "id=(SELECT image FROM image_names WHERE reference=?)", [.text(reference)]).first
    }

    /// The images whose id begins with `prefix` (with or without `sha256:`).
    public func images(idPrefix prefix: String) throws(EngineError) -> [ImageRecord] {
        let prefix = prefix.hasPrefix("sha256:") ? prefix : "sha256:" + prefix
        return try images(where: "id>=?1 AND id<?2", [.text(prefix), .text(prefix + "g")])
    }

    /// All images, the newest in the store first.
    public func images() throws(EngineError) -> [ImageRecord] {
        try images(where: "1", [])
    }

    private func images(where condition: String, _ values: [SQLValue]) throws(EngineError) -> [ImageRecord] {
        try reading { connection in
            var found: [ImageRecord] = []
            try connection.query(
                "SELECT \(imageColumns) FROM images WHERE \(condition) ORDER BY stored DESC, id", values
            ) { row in
                found.append(
                    ImageRecord(
                        id: row.text(0), layers: row.text(1).split(separator: " ").map(String.init),
                        size: row.integer(2), stored: Instant(nanoseconds: row.integer(3)), content: row.text(4),
                        names: row.text(5).split(separator: " ").map(String.init).sorted()))
            }
            return found
        }
    }
}
