internal import ComposeLoader
internal import EngineModel
internal import Reconciler
internal import Registry

/// A Compose project as docker compose keeps it in registries: its files are layers, their names annotations.
enum ComposeArtifact {
    static let artifactType = "application/vnd.docker.compose.project"
    static let fileType = "application/vnd.docker.compose.file+yaml"
    static let environmentType = "application/vnd.docker.compose.envfile"
    /// The configuration's type in registries that know no `artifactType`.
    static let configurationType = "application/vnd.docker.compose.config.empty.v1+json"
    static let fileName = "com.docker.compose.file"
    static let environmentName = "com.docker.compose.envfile"
    /// Marks files that others extend.
    static let extended = "com.docker.compose.extends"

    static let kind = ArtifactKind(
        type: artifactType, configurationType: configurationType, fileTypes: [fileType, environmentType])

    /// The Compose file, all files of `-f` in it as documents.
    static let main = "compose.yaml"

    /// What is written into one directory: the Compose files become one, those they extend and environment files keep
    /// their names.
    static func directory(of layers: [RegistryArtifact.File]) throws(EngineError) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for layer in layers {
            switch layer.mediaType {
            case fileType:
                let isExtended = layer.annotations[extended] != nil
                let name = isExtended ? try checked(layer.annotations[fileName]) : main
                if let before = files[name] {
                    files[name] = before + Array("\n---\n".utf8) + layer.bytes
                } else {
                    files[name] = layer.bytes
                }
            case environmentType: files[try checked(layer.annotations[environmentName])] = layer.bytes
            default: continue
            }
        }
        guard files[main] != nil else {
            throw EngineError(.invalid, "artifact", "it has no compose file")
        }
        return files
    }

    static func layer(_ file: PublishedFile) -> RegistryArtifact.File {
        var annotations = ["com.docker.compose.version": composeLabelVersion]
        annotations[file.kind == .environment ? environmentName : fileName] = file.name
        if file.kind == .extended { annotations[extended] = "true" }
        return RegistryArtifact.File(
            mediaType: file.kind == .environment ? environmentType : fileType, annotations: annotations,
            bytes: file.bytes)
    }

    /// A name that stays in its directory.
    private static func checked(_ name: String?) throws(EngineError) -> String {
        guard let name, !name.isEmpty else { throw EngineError(.invalid, "artifact", "a file of it has no name") }
        let isPath = name == "." || name == ".." || name.utf8.contains { $0 == 0x2f || $0 == 0x5c || $0 == 0 }
        guard !isPath, name.utf8.count <= 255 else {
            throw EngineError(.invalid, "artifact", "it has a file \"\(name.prefix(255))\", which is not a plain name")
        }
        return name
    }
}
