/// Points to a blob (OCI image specification, descriptors).
public struct BlobDescriptor: Codable, Sendable, Hashable {
    /// What the blob is; nil in the manifests of old tools.
    public var mediaType: String?
    /// Of the blob's bytes.
    public var digest: Digest
    /// Bytes.
    public var size: Int64
    /// Free key-value pairs; nil if there are none.
    public var annotations: [String: String]?
    /// What the image runs on; only in an index.
    public var platform: Platform?

    public init(mediaType: String?, digest: Digest, size: Int64, annotations: [String: String]? = nil) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.annotations = annotations
    }
}

/// Media types of the OCI image specification.
public enum MediaType {
    /// Of one image: its configuration and layers.
    public static let manifest = "application/vnd.oci.image.manifest.v1+json"
    /// A list of manifests, for several platforms.
    public static let index = "application/vnd.oci.image.index.v1+json"
    /// What a manifest's `config` points to.
    public static let configuration = "application/vnd.oci.image.config.v1+json"
    /// A tar archive, not compressed.
    public static let layer = "application/vnd.oci.image.layer.v1.tar"
    /// A tar archive, compressed by zstd.
    public static let zstdLayer = "application/vnd.oci.image.layer.v1.tar+zstd"
    /// A tar archive, compressed by gzip.
    public static let compressedLayer = "application/vnd.oci.image.layer.v1.tar+gzip"
}

/// A manifest or an index: which of the two shows in the members, and a document that is both is refused.
public enum ManifestDocument: Sendable, Hashable {
    /// Layers undermost first.
    case manifest(configuration: BlobDescriptor, layers: [BlobDescriptor])
    /// Images for several platforms, or several images.
    case index([BlobDescriptor])

    /// Reads a manifest or an index, of OCI's or docker's form.
    public init(json: [UInt8]) throws(ImageFormatError) {
        struct Members: Decodable {
            var manifests: [BlobDescriptor]?
            var config: BlobDescriptor?
            var layers: [BlobDescriptor]?
        }
        let subject = "manifest"
        let members = try decodeDocument(Members.self, json, subject: subject)
        let all = (members.manifests ?? []) + (members.layers ?? []) + (members.config.map { [$0] } ?? [])
        guard all.allSatisfy({ $0.size >= 0 }) else {
            throw ImageFormatError(.malformed, subject, "a size is negative")
        }
        switch (members.manifests, members.config, members.layers) {
        case (let manifests?, nil, nil):
            guard manifests.count <= 4096 else {
                throw ImageFormatError(.malformed, subject, "it lists too many images")
            }
            self = .index(manifests)
        case (nil, let configuration?, let layers?):
            guard layers.count <= 512 else {
                throw ImageFormatError(.malformed, subject, "it has more than 512 layers")
            }
            self = .manifest(configuration: configuration, layers: layers)
        case (_?, _, _):
            throw ImageFormatError(.malformed, subject, "it is an image and an index at once")
        default:
            throw ImageFormatError(.malformed, subject, "config or layers are missing")
        }
    }
}

extension ManifestDocument {
    /// What a manifest's or index's document says it is; OCI's type of it where it says nothing.
    public static func mediaType(of json: [UInt8]) -> String {
        struct Members: Decodable {
            var mediaType: String?
        }
        if let stated = try? decodeDocument(Members.self, json, subject: "manifest").mediaType { return stated }
        if case .index? = try? ManifestDocument(json: json) { return MediaType.index }
        return MediaType.manifest
    }
}

/// One image of a `docker save` archive: an element of its `manifest.json`.
public struct SavedImage: Codable, Sendable, Hashable {
    /// Paths in the archive.
    public var configuration: String
    /// `name:tag`, as users write them; nil for an image without a name.
    public var names: [String]?
    /// Paths in the archive, undermost first.
    public var layers: [String]

    public init(configuration: String, names: [String], layers: [String]) {
        self.configuration = configuration
        self.names = names
        self.layers = layers
    }

    enum CodingKeys: String, CodingKey {
        case configuration = "Config"
        case names = "RepoTags"
        case layers = "Layers"
    }

    /// Reads the `manifest.json` of an archive of docker's.
    public static func list(json: [UInt8]) throws(ImageFormatError) -> [SavedImage] {
        try decodeDocument([SavedImage].self, json, subject: "manifest.json", limit: 20 << 20)
    }
}
