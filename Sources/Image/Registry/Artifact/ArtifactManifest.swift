internal import ImageModel
internal import Primitives

/// The version of the OCI image specification that an artifact's manifest follows.
public enum ArtifactVersion: String, Sendable, Hashable, CaseIterable {
    /// The configuration's media type says what it is.
    case v1_0 = "1.0"
    /// `artifactType` says what it is.
    case v1_1 = "1.1"
}

/// The manifest of an artifact without a configuration (OCI image specification, guidelines for artifact usage).
struct ArtifactManifest {
    var kind: ArtifactKind
    var version: ArtifactVersion
    /// RFC 3339.
    var created: String
    var files: [(file: RegistryArtifact.File, digest: Digest)]

    static let empty = Array("{}".utf8)
    private static let emptyType = "application/vnd.oci.empty.v1+json"

    func json(configuration: Digest) -> [UInt8] {
        var manifest: JSONValue = ["schemaVersion": 2, "mediaType": .string(MediaType.manifest)]
        if version == .v1_1 { manifest["artifactType"] = .string(kind.type) }
        let type = version == .v1_1 ? Self.emptyType : kind.configurationType
        manifest["config"] = Self.descriptor(type, configuration, size: Self.empty.count, [:])
        let layers = files.map { file, digest in
            Self.descriptor(file.mediaType, digest, size: file.bytes.count, file.annotations)
        }
        manifest["layers"] = .array(layers)
        manifest["annotations"] = ["org.opencontainers.image.created": .string(created)]
        return Array(manifest.indented(by: "\t").utf8)
    }

    private static func descriptor(
        _ type: String, _ digest: Digest, size: Int, _ annotations: [String: String]
    ) -> JSONValue {
        var descriptor: JSONValue = [
            "mediaType": .string(type), "digest": .string(digest.description), "size": .number(size),
        ]
        if !annotations.isEmpty { descriptor["annotations"] = .object(annotations) }
        return descriptor
    }
}
