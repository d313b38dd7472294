internal import Archive
internal import Digests
internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives

/// One push: the blobs that the registry lacks, then the manifest under the tag.
struct ImagePush: Sendable {
    var connection: RegistryConnection
    var store: ImageStore
    var lease: ContentLease
    var reference: ImageReference
    var context: TransferContext
    var progress: @Sendable (TransferEvent) -> Void

    private static let uploads = 3

    private struct Job: Sendable {
        var blob: BlobDescriptor
        /// As progress calls it; empty for the configuration.
        var name: String
        var sources: [String]
    }

    func run() throws(EngineError) -> PushedImage {
        guard let tag = reference.tag, reference.digest == nil else {
            throw EngineError(.invalid, context.subject, "a push needs a tag, not a digest")
        }
        guard let image = try store.resolve(reference.description) else {
            throw EngineError(
                .notFound, context.subject, "there is no image of this name here",
                hint: "`compose image tag` gives an image a name")
        }
        progress(TransferEvent("", .waiting))
        for diffID in image.diffIDs { progress(TransferEvent(diffID.short, .preparing)) }
        let blobs = try store.blobs(of: image, lease)
        let jobs = try jobs(blobs, of: image)
        try ParallelWork.run(
            jobs.count, threads: Self.uploads, name: "transfer", cancellation: context.cancellation
        ) { index, cancellation throws(EngineError) in
            try send(jobs[index], cancellation)
        }
        let digest = try put(blobs, tag: tag)
        try store.register(
            NewImage(
                document: try store.blob(blobs.configuration.digest, limit: RegistryConnection.manifestLimit),
                manifest: blobs.manifest, repositoryDigests: ["\(reference.name)@\(digest)"]), lease)
        return PushedImage(digest: digest, size: Int64(blobs.manifest.count))
    }

    private func jobs(_ blobs: ImageBlobs, of image: StoredImage) throws(EngineError) -> [Job] {
        let sources = try sources(of: image)
        var seen = Set<Digest>()
        var jobs: [Job] = []
        for (index, blob) in blobs.layers.enumerated() where seen.insert(blob.digest).inserted {
            let diffID = index < image.diffIDs.count ? image.diffIDs[index] : blob.digest
            jobs.append(Job(blob: blob, name: diffID.short, sources: sources[diffID] ?? []))
        }
        jobs.sort { $0.blob.size > $1.blob.size }
        jobs.append(Job(blob: blobs.configuration, name: "", sources: []))
        return jobs
    }

    /// For each layer the other repositories of this registry that an image with the layer came from or went to.
    private func sources(of image: StoredImage) throws(EngineError) -> [Digest: [String]] {
        let prefix = "\(reference.domain)/"
        let known = try store.repositoryDigests().mapValues { references in
            references.filter { $0.hasPrefix(prefix) }.map { text in
                String(text.dropFirst(prefix.utf8.count).prefix { $0 != "@" })
            }
        }
        let wanted = Set(image.diffIDs)
        var found: [Digest: [String]] = [:]
        for other in try store.list() {
            let repositories = (known[other.id] ?? []).filter { $0 != reference.path }
            if repositories.isEmpty { continue }
            for diffID in other.diffIDs where wanted.contains(diffID) { found[diffID, default: []] += repositories }
        }
        return found
    }

    private func send(_ job: Job, _ cancellation: Cancellation) throws(EngineError) {
        let report = progress
        let (name, total) = (job.name, job.blob.size)
        func tell(_ phase: TransferEvent.Phase, _ current: Int64) {
            if !name.isEmpty { report(TransferEvent(name, phase, current: current, total: total)) }
        }
        var own = context
        own.cancellation = cancellation
        if !name.isEmpty { own.onRetry = { report(TransferEvent(name, .retrying($0), total: total)) } }
        let upload = BlobUpload(
            connection: connection, repository: reference.path, store: store, sources: job.sources, blob: job.blob,
            context: own, sent: { tell(.pushing, $0) })
        switch try upload.run() {
        case .existed: tell(.exists, 0)
        case .mounted(let source): tell(.mounted(from: source), 0)
        case .sent: tell(.done, total)
        }
    }

    private func put(_ blobs: ImageBlobs, tag: String) throws(EngineError) -> Digest {
        guard let digest = Digest(hex: SHA256.hex(of: blobs.manifest)) else {
            throw EngineError(.system, context.subject, "its manifest has no digest")
        }
        var request = RegistryRequest(
            .put, .path("\(reference.path)/manifests/\(tag)"), [.push(reference.path)])
        request.headers = [("Content-Type", blobs.mediaType)]
        request.body = .bytes(blobs.manifest)
        request.expected = [200, 201, 202]
        let response = try connection.request(request, context)
        if let stored = response.headers["docker-content-digest"], stored != digest.description {
            throw EngineError(
                .invalid, context.subject, "the registry stored the manifest as \(stored), but it is \(digest)")
        }
        return digest
    }
}
