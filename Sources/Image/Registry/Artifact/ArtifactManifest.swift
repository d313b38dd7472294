internal import ImageModel

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
        var members: [JSONValue.Member] = [
            .init(name: "schemaVersion", value: .number("2")),
            .init(name: "mediaType", value: .string(MediaType.manifest)),
        ]
        if version == .v1_1 { members.append(.init(name: "artifactType", value: .string(kind.type))) }
        let type = version == .v1_1 ? Self.emptyType : kind.configurationType
        members.append(
            .init(name: "config", value: Self.descriptor(type, configuration, size: Self.empty.count, [:])))
        let layers = files.map { file, digest in
            Self.descriptor(file.mediaType, digest, size: file.bytes.count, file.annotations)
        }
        members.append(.init(name: "layers", value: .array(layers)))
        members.append(
            .init(name: "annotations", value: Self.object(["org.opencontainers.image.created": created])))
        return Array(JSONValue.object(members).indented.utf8)
    }

    private static func descriptor(
        _ type: String, _ digest: Digest, size: Int, _ annotations: [String: String]
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "mediaType", value: .string(type)),
            .init(name: "digest", value: .string(digest.description)),
            .init(name: "size", value: .number("\(size)")),
        ]
        if !annotations.isEmpty { members.append(.init(name: "annotations", value: object(annotations))) }
        return .object(members)
    }

    private static func object(_ texts: [String: String]) -> JSONValue {
        .object(texts.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) })
    }
}
