public import EngineModel
internal import ImageModel
internal import LinuxSystem
internal import StateStore

/// What a removal did, in the order in which it is told to the user.
public enum ImageRemovalStep: Sendable, Hashable {
    /// A name or a repository's digest was taken away.
    case untagged(String)
    /// An image or layer is gone: `sha256:…`.
    case deleted(String)
}

extension ImageStore {
    /// Takes away the name, and with the last name the image and the layers that no other image has.
    ///
    /// A repository's digests go with the last of its tags. An image that a container was made from stays: with `force`
    /// only its name goes. An id stands for all of the image's names, and needs `force` when there are several. What a
    /// running pull, build or load uses stays too, until it is done.
    @discardableResult
    public func remove(_ reference: String, force: Bool) throws(EngineError) -> [ImageRemovalStep] {
        try remove(reference, force: force, sparesHeld: false) { _ in true }
    }

    /// The same, if `still` takes what the image is in the moment of its removal.
    ///
    /// - Parameter sparesHeld: an image that a living process holds stays.
    private func remove(
        _ reference: String, force: Bool, sparesHeld: Bool, if still: (ImageRecord) -> Bool
    ) throws(EngineError) -> [ImageRemovalStep] {
        let lock = sparesHeld ? try fileLock(layout.imagesLock) : nil
        // Nothing is held anew while the lock is taken alone.
        let held = sparesHeld ? ContentLease.held(layout) : []
        var steps: [ImageRemovalStep] = []
        var orphans = Set<ContentName>()
        let image = try store.transaction(usesReserve: true) {
            steps = []
            orphans = []
            guard let record = try record(reference) else { throw Self.notFound(reference) }
            guard still(record), !isHeld(record, held) else { return record }
            let digests = try store.repositoryDigests()[record.id] ?? []
            let going = try leaving(reference, of: record, digests, force: force)
            let last = going.count == record.names.count + digests.count
            let users = last ? try store.containers(image: record.id) : []
            if let user = users.first, !force {
                throw EngineError(
                    .inUse, "image \(reference)",
                    "container \(user.name) (\(user.id.prefix(12))) is made from it",
                    hint: "remove the container first, or use --force to take only the name away")
            }
            for name in going {
                let known = try store.unname(reference: name)
                if try store.removeRepositoryDigest(name) || known {
                    steps.append(.untagged((try? ImageReference(name).familiar) ?? name))
                }
            }
            if last && users.isEmpty {
                orphans = content(of: record, manifest: try store.manifest(ofImage: record.id))
                orphans.formUnion(try layerBlobs(of: record))
                try store.removeImage(id: record.id)
                steps.append(.deleted(record.id))
            }
            return record
        }
        _ = consume lock
        if orphans.isEmpty { return steps }
        let gone = try collect(orphans).layers
        return steps
            + image.layers.reversed().filter { layer in gone.contains { $0.description == layer } }
            .map { .deleted($0) }
    }

    /// The names and repository digests that go when `reference` is removed.
    private func leaving(
        _ reference: String, of record: ImageRecord, _ digests: [String], force: Bool
    ) throws(EngineError) -> [String] {
        let named = try? ImageReference(reference).withDefaultTag
        if let named, record.names.contains(named.description) {
            let others = record.names.filter { $0 != named.description }
            let isLastTag = !others.contains { (try? ImageReference($0))?.name == named.name }
            return [named.description] + (isLastTag ? digests.filter { $0.hasPrefix("\(named.name)@") } : [])
        }
        if let named, let digest = named.digest, digests.contains("\(named.name)@\(digest)") {
            return ["\(named.name)@\(digest)"]
        }
        if record.names.count > 1 && !force {
            throw EngineError(
                .conflict, "image \(reference)", "it has several names",
                hint: "name one of them, or use --force to remove all")
        }
        return record.names + digests
    }

    /// Removes images without a tag, or with `all` every image, that no container is made from, nobody is about to use,
    /// and `matches` takes;
    /// then all layers and blobs that belong to no image, and partial downloads that nobody is writing.
    public func prune(
        all: Bool, where matches: (StoredImage) throws(EngineError) -> Bool = { _ in true }
    ) throws(EngineError) -> (steps: [ImageRemovalStep], bytes: Int64) {
        var steps: [ImageRemovalStep] = []
        let before = usedBytes()
        for record in try store.images() where all || record.names.isEmpty {
            guard try store.containers(image: record.id).isEmpty, try matches(image(record)) else { continue }
            do {
                steps += try remove(record.id, force: true, sparesHeld: true) { all || $0.names.isEmpty }
            } catch {
                // Another command was faster.
                guard error.code == .notFound else { throw error }
            }
        }
        removePartialBlobs(all: true)
        TemporaryDirectories(layout).sweep()
        _ = try collect()
        return (steps, max(0, before - usedBytes()))
    }

    /// Whether a living process holds an image, or all layers of it.
    private func isHeld(_ record: ImageRecord, _ held: Set<String>) -> Bool {
        let layers = record.layers.compactMap { try? Digest($0) }.map { "\(ContentName.layer($0))" }
        if !layers.isEmpty, layers.allSatisfy(held.contains) { return true }
        guard let identity = try? Digest(record.id) else { return false }
        return held.contains("\(ContentName.blob(identity))")
    }

    /// Bytes of all layers' files and blobs.
    private func usedBytes() -> Int64 {
        layers.all().reduce(0) { $0 + (layers.size(of: $1) ?? 0) } + allBlobs().reduce(0) { $0 + (blobSize($1) ?? 0) }
    }

    private func layerBlobs(of record: ImageRecord) throws(EngineError) -> [ContentName] {
        var blobs: [ContentName] = []
        for layer in record.layers {
            if let blob = try store.layerBlob(diffID: layer), let digest = try? Digest(blob.digest) {
                blobs.append(.blob(digest))
            }
        }
        return blobs
    }
}
