internal import Archive
internal import Digests
public import EngineModel
public import ImageModel
public import Primitives

extension RegistryClient {
    /// Sends files as an artifact, and gives it the name.
    ///
    /// - Parameters:
    ///   - version: nil is 1.1, and 1.0 where the registry refuses that.
    ///   - created: RFC 3339.
    /// - Returns: the digest of the manifest.
    public func publish(
        _ files: [RegistryArtifact.File], as kind: ArtifactKind, to reference: ImageReference,
        version: ArtifactVersion? = nil, created: String, cancellation: Cancellation
    ) throws(EngineError) -> Digest {
        let reference = reference.withDefaultTag
        var context = context(reference, cancellation) { _ in }
        context.subject = "artifact \(reference.familiar)"
        guard let tag = reference.tag, reference.digest == nil else {
            throw EngineError(.invalid, context.subject, "it needs a tag, not a digest")
        }
        let push = ArtifactPush(
            connection: try origin(of: reference.domain), repository: reference.path, context: context)
        let configuration = try push.send(ArtifactManifest.empty)
        var sent: [(RegistryArtifact.File, Digest)] = []
        for file in files { sent.append((file, try push.send(file.bytes))) }
        var manifest = ArtifactManifest(kind: kind, version: version ?? .v1_1, created: created, files: sent)
        if let digest = try push.put(
            manifest.json(configuration: configuration), tag: tag, mayBeRefused: version == nil)
        {
            return digest
        }
        manifest.version = .v1_0
        guard let digest = try push.put(manifest.json(configuration: configuration), tag: tag, mayBeRefused: false)
        else { throw EngineError(.unavailable, context.subject, "the registry takes no artifacts") }
        return digest
    }
}

private struct ArtifactPush {
    var connection: RegistryConnection
    var repository: String
    var context: TransferContext

    /// A small blob in one request, unless the registry has it.
    func send(_ bytes: [UInt8]) throws(EngineError) -> Digest {
        let digest = try digest(of: bytes)
        var question = RegistryRequest(.head, .path("\(repository)/blobs/\(digest)"), [.push(repository)])
        question.expected = [200, 404]
        if try connection.request(question, context).status == 200 { return digest }
        try retrying(context) { () throws(AttemptFailure) in
            var begin = RegistryRequest(.post, .path("\(repository)/blobs/uploads/"), [.push(repository)])
            begin.expected = [202]
            let answer = try connection.send(begin, context)
            let place: HTTPURL
            do throws(HTTPFailure) {
                place = try answer.url.resolving(answer.headers["location"] ?? "")
            } catch {
                throw AttemptFailure(error, subject: context.subject, host: answer.url.authority)
            }
            let query = "digest=\(HTTPURL.escaped(digest.description))"
            var request = RegistryRequest(.put, .url(place.adding(query: query)), [.push(repository)])
            request.headers = [("Content-Type", "application/octet-stream")]
            request.body = .bytes(bytes)
            request.expected = [201, 204]
            _ = try connection.send(request, context)
        }
        return digest
    }

    /// nil if the registry does not take such a manifest.
    func put(_ manifest: [UInt8], tag: String, mayBeRefused: Bool) throws(EngineError) -> Digest? {
        let digest = try digest(of: manifest)
        var request = RegistryRequest(.put, .path("\(repository)/manifests/\(tag)"), [.push(repository)])
        request.headers = [("Content-Type", MediaType.manifest)]
        request.body = .bytes(manifest)
        let refusals: Set = [400, 404, 405, 406, 415, 422]
        request.expected = mayBeRefused ? refusals.union([200, 201, 202]) : [200, 201, 202]
        let response = try connection.request(request, context)
        if refusals.contains(response.status) { return nil }
        if let stored = response.headers["docker-content-digest"], stored != digest.description {
            throw EngineError(
                .invalid, context.subject, "the registry stored the manifest as \(stored), but it is \(digest)")
        }
        return digest
    }

    private func digest(of bytes: [UInt8]) throws(EngineError) -> Digest {
        guard let digest = Digest(hex: SHA256.hex(of: bytes)) else {
            throw EngineError(.system, context.subject, "a file has no digest")
        }
        return digest
    }
}
