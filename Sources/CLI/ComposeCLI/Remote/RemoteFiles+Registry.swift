internal import ComposeLoader
internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import Registry
internal import StateStore
internal import SystemPackage

/// Compose files from registries: `oci://REGISTRY/NAME[:TAG|@DIGEST]`, below the data root in a directory named by
/// the digest.
extension RemoteFiles {
    static let registryPrefix = "oci://"
    private static let variable = "COMPOSE_EXPERIMENTAL_OCI_REMOTE"

    static func loadFromRegistry(_ source: String) throws(EngineError) -> RemoteComposeFile {
        let environment = Surroundings.environment()
        try checkEnabled(environment, source)
        let reference: ImageReference
        do throws(ImageFormatError) {
            reference = try ImageReference(String(source.dropFirst(registryPrefix.count)))
        } catch {
            throw EngineError(.invalid, source, error.description)
        }
        try makeDirectory()
        if let digest = reference.digest, Files.exists("\(directory)/\(digest.hex)") { return kept(digest) }
        let client = RegistryClient(
            store: ImageStore(try StateStore(.fromEnvironment())), options: .fromEnvironment(environment))
        let artifact = try client.artifact(reference, ComposeArtifact.kind, cancellation: Cancellation())
        if !Files.exists("\(directory)/\(artifact.digest.hex)") {
            try keep(try ComposeArtifact.directory(of: artifact.files), artifact.digest)
        }
        return kept(artifact.digest)
    }

    private static func checkEnabled(_ environment: [String: String], _ source: String) throws(EngineError) {
        guard let text = environment[variable], !text.isEmpty else { return }
        guard let isEnabled = RootOptions.boolean(text) else {
            throw EngineError(.invalid, source, "\(variable) has to be true or false, not \"\(text)\"")
        }
        if !isEnabled { throw EngineError(.unsupported, source, "OCI remote resource is disabled by \(variable)") }
    }

    private static func kept(_ digest: Digest) -> RemoteComposeFile {
        let place = "\(directory)/\(digest.hex)"
        return RemoteComposeFile(path: "\(place)/\(ComposeArtifact.main)", directory: place)
    }

    /// Whole or not at all; what somebody else kept at the same time is the same.
    private static func keep(_ files: [String: [UInt8]], _ digest: Digest) throws(EngineError) {
        var random = SystemRandomNumberGenerator()
        let temporary = "\(directory)/.new-\(String(random.next(), radix: 16))"
        let place = "\(directory)/\(digest.hex)"
        defer { try? Files.removeTree(temporary) }
        do throws(Errno) {
            try Files.makeDirectories(temporary)
            for (name, bytes) in files { try Files.replace("\(temporary)/\(name)", with: bytes) }
            try rename(temporary, to: place)
        } catch {
            throw EngineError(.unavailable, place, "it cannot keep fetched files: \(error.description.lowercased())")
        }
    }
}
