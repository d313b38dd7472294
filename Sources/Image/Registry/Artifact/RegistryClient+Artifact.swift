internal import Archive
internal import Digests
public import EngineModel
public import ImageModel
public import Primitives

extension RegistryClient {
    /// Fetches an artifact into memory; every part of it is checked against its digest.
    ///
    /// `.invalid` is what is larger than the limits or something else than was asked for; see also ``pull``.
    public func artifact(
        _ reference: ImageReference, _ kind: ArtifactKind, cancellation: Cancellation
    ) throws(EngineError) -> RegistryArtifact {
        let reference = reference.withDefaultTag
        var context = context(reference, cancellation) { _ in }
        context.subject = "artifact \(reference.familiar)"
        let own = context
        return try atRegistry(of: reference, own) { connection throws(EngineError) in
            let fetch = ArtifactFetch(connection: connection, repository: reference.path, kind: kind, context: own)
            return try fetch.run(reference.digest?.description ?? reference.tag ?? "latest")
        }
    }
}

private struct ArtifactFetch {
    var connection: RegistryConnection
    var repository: String
    var kind: ArtifactKind
    var context: TransferContext

    func run(_ name: String) throws(EngineError) -> RegistryArtifact {
        let root = try connection.manifest(repository, name, context)
        let manifest = try chosen(root)
        guard case .manifest(let configuration, let layers) = manifest.document else {
            throw wrong("an index in its index is not an artifact")
        }
        let found = Self.text(manifest.bytes, "artifactType") ?? ""
        let isRight =
            found.isEmpty ? configuration.mediaType == kind.configurationType : found == kind.type
        guard isRight else {
            let type = found.isEmpty ? configuration.mediaType ?? "" : found
            throw wrong("it is of the type \(type.prefix(200)), not \(kind.type)")
        }
        let wanted = layers.filter { kind.fileTypes.contains($0.mediaType ?? "") }
        guard wanted.count <= kind.countLimit else { throw wrong("it has more than \(kind.countLimit) files") }
        var rest = kind.sizeLimit
        for layer in wanted {
            guard layer.size <= rest else { throw wrong("it is larger than \(kind.sizeLimit) bytes") }
            rest -= layer.size
        }
        var files: [RegistryArtifact.File] = []
        for layer in wanted {
            files.append(
                RegistryArtifact.File(
                    mediaType: layer.mediaType ?? "", annotations: layer.annotations ?? [:],
                    bytes: try bytes(of: layer)))
        }
        return RegistryArtifact(digest: root.digest, files: files)
    }

    private func wrong(_ reason: String) -> EngineError { EngineError(.invalid, context.subject, reason) }

    private static func text(_ document: [UInt8], _ member: String) -> String? {
        (try? JSONValue(parsing: document))?[member]?.text
    }

    /// The last one of the kind in an index, as docker compose chooses it.
    private func chosen(_ root: FetchedManifest) throws(EngineError) -> FetchedManifest {
        guard case .index(let descriptors) = root.document else { return root }
        let members = (try? JSONValue(parsing: root.bytes))?["manifests"]?.elements ?? []
        guard members.count == descriptors.count,
            let index = members.lastIndex(where: { $0["artifactType"]?.text == kind.type })
        else { throw wrong("its index lists nothing of the type \(kind.type)") }
        return try connection.manifest(repository, descriptors[index].digest.description, context)
    }

    private func bytes(of blob: BlobDescriptor) throws(EngineError) -> [UInt8] {
        var request = RegistryRequest(.get, .path("\(repository)/blobs/\(blob.digest)"), [.pull(repository)])
        // An error has a body, too.
        request.limit = max(Int(blob.size), 64 << 10)
        let sent = request
        return try retrying(context) { () throws(AttemptFailure) in
            let bytes = try connection.send(sent, context).body
            guard SHA256.hex(of: bytes) == blob.digest.hex else {
                throw AttemptFailure(.corrupt, wrong("its file \(blob.digest) has another digest"))
            }
            return bytes
        }
    }
}
