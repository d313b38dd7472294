internal import Archive
internal import Digests
internal import EngineModel
internal import ImageModel
internal import Primitives

/// A manifest or index as a registry gave it, checked against its digest.
struct FetchedManifest {
    var bytes: [UInt8]
    var digest: Digest
    var document: ManifestDocument
}

extension MediaType {
    static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"

    /// What is asked for.
    static let manifests = [manifest, index, dockerManifest, dockerList].joined(separator: ", ")

    /// Configurations of images; others belong to things that are no images.
    static let configurations: Set<String> = [configuration, "application/vnd.docker.container.image.v1+json"]

    /// Whether a layer of this type is an archive of files.
    static func isLayer(_ type: String) -> Bool {
        type.hasPrefix("application/vnd.oci.image.layer.") || type.hasPrefix("application/vnd.docker.image.rootfs.")
    }
}

extension RegistryConnection {
    static let manifestLimit = 4 << 20

    /// - Parameter name: a tag, or a digest, which is checked.
    func manifest(
        _ repository: String, _ name: String, _ context: TransferContext
    ) throws(EngineError) -> FetchedManifest {
        var request = RegistryRequest(.get, .path("\(repository)/manifests/\(name)"), [.pull(repository)])
        request.headers = [("Accept", MediaType.manifests)]
        request.limit = Self.manifestLimit
        let sent = request
        return try retrying(context) { () throws(AttemptFailure) in
            let response = try send(sent, context)
            return try Self.check(response, name: name, context)
        }
    }

    /// The digest of what a tag means now, without fetching it if the registry says it; nil if there is nothing.
    func digest(_ repository: String, _ tag: String, _ context: TransferContext) throws(EngineError) -> Digest? {
        var request = RegistryRequest(.head, .path("\(repository)/manifests/\(tag)"), [.pull(repository)])
        request.headers = [("Accept", MediaType.manifests)]
        request.expected = [200, 404]
        let response = try self.request(request, context)
        if response.status == 404 { return nil }
        if let text = response.headers["docker-content-digest"], let digest = try? Digest(text) { return digest }
        return try manifest(repository, tag, context).digest
    }

    private static func check(
        _ response: HTTPResponse, name: String, _ context: TransferContext
    ) throws(AttemptFailure) -> FetchedManifest {
        func wrong(_ kind: TransferMachine.Failure, _ code: EngineError.Code, _ reason: String) -> AttemptFailure {
            AttemptFailure(kind, EngineError(code, context.subject, reason))
        }
        let bytes = response.body
        guard let digest = Digest(hex: SHA256.hex(of: bytes)) else { throw wrong(.permanent, .system, "no digest") }
        let type = response.headers["content-type"] ?? ""
        if type.hasPrefix("application/vnd.docker.distribution.manifest.v1") || isSchema1(bytes) {
            throw wrong(
                .permanent, .unsupported,
                "the registry has it only in docker's old format, schema 1: push it again with a newer program")
        }
        for expected in [name, response.headers["docker-content-digest"] ?? ""] {
            guard expected.hasPrefix("sha256:"), expected != digest.description else { continue }
            throw wrong(.corrupt, .invalid, "the manifest has the digest \(digest), but it should be \(expected)")
        }
        do throws(ImageFormatError) {
            return FetchedManifest(bytes: bytes, digest: digest, document: try ManifestDocument(json: bytes))
        } catch {
            throw wrong(.permanent, .invalid, error.description)
        }
    }

    private static func isSchema1(_ bytes: [UInt8]) -> Bool {
        (try? JSONValue(parsing: bytes))?["schemaVersion"]?.integer == 1
    }
}
