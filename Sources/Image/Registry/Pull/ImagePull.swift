internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives

/// One pull from one registry: name → index → manifest → configuration and layers → image.
struct ImagePull: Sendable {
    var connection: RegistryConnection
    var store: ImageStore
    var lease: ContentLease
    /// With a tag or a digest.
    var reference: ImageReference
    /// nil: that of this host.
    var platform: Platform?
    var context: TransferContext
    var progress: @Sendable (TransferEvent) -> Void

    /// Downloads at the same time, as docker has it.
    private static let downloads = 3
    private static let unpackings = 2

    private struct Layer: Sendable {
        var blob: BlobDescriptor
        var diffID: Digest
    }

    func run() throws(EngineError) -> PulledImage {
        let before = try store.resolve(reference.description)
        if let before, store.isWhole(before), let digest = try unchanged(before) {
            try store.refresh(before)
            progress(TransferEvent("", .waiting))
            return PulledImage(id: before.id, digest: digest, isNew: false)
        }
        let name = reference.digest?.description ?? reference.tag ?? "latest"
        let root = try connection.manifest(reference.path, name, context)
        let manifest = try image(of: root, depth: 0)
        progress(TransferEvent("", .waiting))
        guard case .manifest(let descriptor, let blobs) = manifest.document else {
            throw wrong(.invalid, "an index is not an image")
        }
        let (document, configuration) = try configuration(descriptor)
        guard blobs.count == configuration.diffIDs.count else {
            throw wrong(
                .invalid, "the manifest lists \(blobs.count) layers, the configuration \(configuration.diffIDs.count)")
        }
        try fetch(zip(blobs, configuration.diffIDs).map { Layer(blob: $0, diffID: $1) })
        let id = try store.register(
            NewImage(
                document: document, manifest: manifest.bytes, names: reference.digest == nil ? [reference] : [],
                repositoryDigests: ["\(reference.name)@\(root.digest)"]), lease)
        return PulledImage(id: id, digest: root.digest, isNew: before?.id != id)
    }

    private func wrong(_ code: EngineError.Code, _ reason: String, hint: String = "") -> EngineError {
        EngineError(code, context.subject, reason, hint: hint)
    }

    /// The digest, if the name means at the registry what it means here.
    private func unchanged(_ image: StoredImage) throws(EngineError) -> Digest? {
        guard platform == nil else { return nil }
        if let digest = reference.digest { return digest }
        guard let digest = try connection.digest(reference.path, reference.tag ?? "latest", context) else { return nil }
        return try store.resolve("\(reference.name)@\(digest)")?.id == image.id ? digest : nil
    }

    // MARK: Documents

    private func image(of fetched: FetchedManifest, depth: Int) throws(EngineError) -> FetchedManifest {
        guard case .index(let images) = fetched.document else { return fetched }
        guard depth < 3 else { throw wrong(.invalid, "its indexes are nested more than 3 deep") }
        let wanted = platform ?? .host
        // An index of one image that names no platform means that image.
        let only = images.count == 1 && images[0].platform == nil ? images.first : nil
        guard let chosen = PlatformChoice.choose(wanted, from: images) ?? only else {
            throw wrong(
                .notFound, "there is no image for \(wanted)",
                hint: "it is available for \(PlatformChoice.list(images)): choose one with --platform")
        }
        let next = try connection.manifest(reference.path, chosen.digest.description, context)
        return try image(of: next, depth: depth + 1)
    }

    private func configuration(
        _ descriptor: BlobDescriptor
    ) throws(EngineError) -> (document: [UInt8], ImageConfiguration) {
        let type = descriptor.mediaType ?? MediaType.configuration
        guard MediaType.configurations.contains(type) else {
            throw wrong(
                .unsupported, "it is not a container image, its configuration is of the type \(type.prefix(200))")
        }
        guard descriptor.size <= Int64(RegistryConnection.manifestLimit) else {
            throw wrong(.invalid, "its configuration is larger than 4 MiB")
        }
        try download.run(descriptor, context) { _ in }
        let document = try store.blob(descriptor.digest, limit: RegistryConnection.manifestLimit)
        let configuration: ImageConfiguration
        do throws(ImageFormatError) {
            configuration = try ImageConfiguration(json: document)
        } catch {
            throw wrong(error.code == .unsupported ? .unsupported : .invalid, error.description)
        }
        let own = Platform(
            architecture: configuration.architecture, os: configuration.os, variant: configuration.variant)
        let known = !own.os.isEmpty && !own.architecture.isEmpty
        if known, PlatformChoice.rank(own, for: platform ?? .host) == nil {
            throw wrong(
                .notFound, "it is for \(own), not for \(platform ?? .host)",
                hint: platform == nil ? "`--platform \(own)` pulls it all the same" : "")
        }
        return (document, configuration)
    }

    // MARK: Layers

    private var download: BlobDownload {
        BlobDownload(connection: connection, repository: reference.path, store: store, lease: lease)
    }

    private func fetch(_ layers: [Layer]) throws(EngineError) {
        var missing: [Layer] = []
        var seen = Set<Digest>()
        for layer in layers {
            let type = layer.blob.mediaType ?? MediaType.layer
            guard MediaType.isLayer(type) else {
                throw wrong(.unsupported, "the type of a layer is not known: \(type.prefix(200))")
            }
            progress(TransferEvent(layer.blob.digest.short, .waiting, total: layer.blob.size))
            if try store.hasLayer(layer.diffID, lease) {
                progress(TransferEvent(layer.blob.digest.short, .exists))
            } else if seen.insert(layer.diffID).inserted {
                missing.append(layer)
            }
        }
        // The largest first, so that none is left for one thread at the end.
        missing.sort { $0.blob.size > $1.blob.size }
        let work = missing
        let downloads = Semaphore(UInt32(Self.downloads))
        let unpackings = Semaphore(UInt32(Self.unpackings))
        try ParallelWork.run(
            work.count, threads: Self.downloads + Self.unpackings, name: "transfer", cancellation: context.cancellation
        ) { index, cancellation throws(EngineError) in
            try fetch(work[index], cancellation, downloads: downloads, unpackings: unpackings)
        }
    }

    private func fetch(
        _ layer: Layer, _ cancellation: Cancellation, downloads: Semaphore, unpackings: Semaphore
    ) throws(EngineError) {
        let (name, size) = (layer.blob.digest.short, layer.blob.size)
        let report = progress
        var own = context
        own.cancellation = cancellation
        own.onRetry = { report(TransferEvent(name, .retrying($0), total: size)) }
        let transfer = own
        try downloads.within { () throws(EngineError) in
            report(TransferEvent(name, .downloading, total: size))
            try download.run(layer.blob, transfer) {
                report(TransferEvent(name, .downloading, current: $0, total: size))
            }
        }
        try unpackings.within { () throws(EngineError) in
            if cancellation.isCancelled { throw context.cancelled() }
            report(TransferEvent(name, .extracting, total: size))
            try store.unpackLayer(
                layer.diffID, from: layer.blob, subject: "\(context.subject): layer \(name)", lease)
        }
        report(TransferEvent(name, .done, current: size, total: size))
    }
}

extension Semaphore {
    /// Runs `body` as one of those that may run at the same time.
    fileprivate func within(_ body: () throws(EngineError) -> Void) throws(EngineError) {
        wait()
        defer { self.signal() }
        try body()
    }
}
