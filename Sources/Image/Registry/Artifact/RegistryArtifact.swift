public import ImageModel

/// What a registry holds that is no image: some small files with annotations (OCI image specification, guidelines for
/// artifact usage).
public struct RegistryArtifact: Sendable, Hashable {
    /// One file of an artifact.
    public struct File: Sendable, Hashable {
        /// Of the layer, such as `application/vnd.docker.compose.file+yaml`.
        public var mediaType: String
        /// Of the layer's descriptor (OCI image specification, annotations).
        public var annotations: [String: String]
        /// The whole content.
        public var bytes: [UInt8]

        public init(mediaType: String, annotations: [String: String], bytes: [UInt8]) {
            self.mediaType = mediaType
            self.annotations = annotations
            self.bytes = bytes
        }
    }

    /// Of the manifest, or of the index if the name means one.
    public var digest: Digest
    /// The manifest's layers, in its order.
    public var files: [File]
}

/// What kind of artifact is wanted.
public struct ArtifactKind: Sendable, Hashable {
    /// `artifactType` of its manifest.
    public var type: String
    /// The configuration's media type in manifests without an `artifactType`.
    public var configurationType: String
    /// Layers of other types are left out.
    public var fileTypes: Set<String>
    /// How many files, and how many bytes they have together.
    public var countLimit = 64
    /// Bytes of all files together; more is refused.
    public var sizeLimit: Int64 = 4 << 20

    public init(type: String, configurationType: String, fileTypes: Set<String>) {
        self.type = type
        self.configurationType = configurationType
        self.fileTypes = fileTypes
    }
}
