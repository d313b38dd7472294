public import Primitives

/// An image that is here.
public struct Image: Codable, Sendable, Hashable {
    /// `sha256:…` of the image's configuration.
    public var id: String
    /// `name:tag` as users write them.
    public var tags: [String]
    /// Bytes of all layers, unpacked.
    public var size: Int64
    /// By its own account; nil if it does not say.
    public var created: Instant?
    /// When it came into the store.
    public var stored: Instant
    /// `linux/amd64`.
    public var platform: String
    /// Of its configuration; containers made from it get them, too.
    public var labels: [String: String]

    public init(
        id: String, tags: [String], size: Int64, created: Instant?, stored: Instant, platform: String,
        labels: [String: String]
    ) {
        self.id = id
        self.tags = tags
        self.size = size
        self.created = created
        self.stored = stored
        self.platform = platform
        self.labels = labels
    }
}
