public import EngineModel
public import ImageModel
internal import ImageStore
public import Primitives

/// Brings results of builds to other hosts and back (`cache_from`, `cache_to`): as an image whose layers are those of
/// steps, and whose configuration says of which, in a registry or a directory; or within the built image itself.
public struct CacheTransfer: Sendable {
    /// Sends an image of this name to its registry.
    public typealias Push = @Sendable (ImageReference, Cancellation) throws(EngineError) -> Void

    let store: ImageStore
    let pull: ImageBuilder.Pull
    let push: Push

    /// Looks up the caches. One that is not there is a warning, as with BuildKit.
    func imports(
        _ locations: [CacheLocation], lease: ContentLease, progress: BuildProgress, cancellation: Cancellation
    ) throws(EngineError) -> [CacheImport] {
        var found: [CacheImport] = []
        for location in locations where location.kind != .inline {
            do throws(EngineError) {
                let subject = "importing cache manifest from \(location.subject)"
                try progress.step(subject) { id in
                    guard let cache = try load(location, id, lease, progress, cancellation) else {
                        throw EngineError(.notFound, location.subject, "there is no cache in it")
                    }
                    found.append(cache)
                }
            } catch {
                if error.code == .cancelled { throw error }
                progress.send(.warning("\(error): the build goes on without this cache"))
            }
        }
        return found
    }

    private func load(
        _ location: CacheLocation, _ id: Int, _ lease: ContentLease, _ progress: BuildProgress,
        _ cancellation: Cancellation
    ) throws(EngineError) -> CacheImport? {
        switch location.kind {
        case .inline: return nil
        case .local(let path):
            let directory = CacheDirectory(path: path)
            guard let (records, layers) = try directory.read() else { return nil }
            let store = store
            return CacheImport(subject: location.subject, records) { layer throws(EngineError) in
                if try store.hasLayer(layer, lease) { return true }
                guard let blob = layers[layer] else { return false }
                try directory.fetch(layer, blob, store: store, lease: lease, cancellation: cancellation)
                return true
            }
        case .registry(let reference):
            return try pulled(reference.withDefaultTag, id, lease, progress, cancellation)
        }
    }

    /// Fetches the image; what the name meant here before, it means again afterwards.
    private func pulled(
        _ reference: ImageReference, _ id: Int, _ lease: ContentLease, _ progress: BuildProgress,
        _ cancellation: Cancellation
    ) throws(EngineError) -> CacheImport? {
        let name = reference.description
        let before = try store.resolve(name)?.id
        try pull(reference, cancellation) { item, current, total in
            progress.send(.progress(id: id, item: item, current: current, total: total))
        }
        guard let image = try store.resolve(name) else { return nil }
        let records = CacheRecords(document: try store.configurationDocument(of: image))
        for layer in image.diffIDs { _ = try store.hasLayer(layer, lease) }
        if let before, before != image.id { try store.tag(before, as: name) }
        if before == nil { try store.remove(name, force: true) }
        guard let records else { return nil }
        let store = store
        return CacheImport(subject: reference.familiar, records) { layer throws(EngineError) in
            try store.hasLayer(layer, lease)
        }
    }

    /// Writes the cache to all of these locations but inline ones.
    func export(
        _ records: CacheRecords, image: ImageConfiguration, to locations: [CacheLocation], lease: ContentLease,
        progress: BuildProgress, cancellation: Cancellation
    ) throws(EngineError) {
        for location in locations where location.kind != .inline {
            let kept = location.maximum ? records : records.minimal(image.diffIDs)
            do throws(EngineError) {
                try progress.step("exporting cache to \(location.subject)") { _ in
                    try send(kept, image, location, lease, cancellation)
                }
            } catch {
                if !location.ignoresErrors || error.code == .cancelled { throw error }
                progress.send(.warning("\(error): the cache was not exported"))
            }
        }
    }

    private func send(
        _ records: CacheRecords, _ image: ImageConfiguration, _ location: CacheLocation, _ lease: ContentLease,
        _ cancellation: Cancellation
    ) throws(EngineError) {
        var configuration = ImageConfiguration(
            architecture: image.architecture, os: image.os, diffIDs: records.layers)
        configuration.variant = image.variant
        let plain: [UInt8]
        do throws(ImageFormatError) {
            plain = try configuration.json()
        } catch {
            throw EngineError(.system, error.subject, error.reason)
        }
        let document = try records.embedded(in: plain)
        switch location.kind {
        case .inline: return
        case .local(let path):
            try withImage(document, names: [], lease) { image throws(EngineError) in
                try CacheDirectory(path: path).write(try store.blobs(of: image, lease), from: store)
            }
        case .registry(let reference):
            let name = reference.withDefaultTag
            let before = try store.resolve(name.description)?.id
            defer { restore(name, before) }
            try withImage(document, names: [name], lease) { _ throws(EngineError) in try push(name, cancellation) }
        }
    }

    private func restore(_ name: ImageReference, _ id: String?) {
        guard let id else { return }
        _ = try? store.tag(id, as: name.description)
    }

    /// Has the document as an image in the store while `body` runs.
    private func withImage(
        _ document: [UInt8], names: [ImageReference], _ lease: ContentLease,
        _ body: (StoredImage) throws(EngineError) -> Void
    ) throws(EngineError) {
        let id = try store.register(NewImage(document: document, names: names), lease)
        defer { _ = try? store.remove(id, force: true) }
        guard let image = try store.resolve(id) else { return }
        try body(image)
    }
}

extension CacheLocation {
    /// As the output names it.
    var subject: String {
        switch kind {
        case .registry(let reference): reference.familiar
        case .local(let directory): directory
        case .inline: "the image"
        }
    }
}
