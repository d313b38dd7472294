public import Engine
internal import Glibc
internal import OCIImage
internal import StateStore

/// What a removal did, in the order in which it is told to the user.
public enum ImageRemovalStep: Sendable, Hashable {
    /// A name was taken away.
    case untagged(String)
    /// An image or layer is gone: `sha256:…`.
    case deleted(String)
}

extension ImageStore {
    /// Takes away the name, and with the last name the image and the layers that no other image has.
    ///
    /// An image that a container was made from stays: with `force` only its name goes. An id stands for all of the
    /// image's names, and needs `force` when there are several.
    @discardableResult
    public func remove(_ reference: String, force: Bool) throws(EngineError) -> [ImageRemovalStep] {
        guard let record = try record(reference) else { throw Self.notFound(reference) }
        var steps: [ImageRemovalStep] = []
        var orphans = Set<ContentName>()
        try store.transaction { () throws(EngineError) in
            let named = try? ImageReference(reference).withDefaultTag.description
            let byName = named.map { record.names.contains($0) } ?? false
            let names = byName ? [named ?? ""] : record.names
            if !byName && names.count > 1 && !force {
                throw EngineError(
                    .conflict, "image \(reference)", "it has several names",
                    hint: "name one of them, or use --force to remove all")
            }
            let last = names.count == record.names.count
            let users = last ? try store.containers(image: record.id) : []
            if let user = users.first, !force {
                throw EngineError(
                    .inUse, "image \(reference)",
                    "container \(user.name) (\(user.id.prefix(12))) is made from it",
                    hint: "remove the container first, or use --force to take only the name away")
            }
            for name in names where try store.unname(reference: name) {
                steps.append(.untagged((try? ImageReference(name).familiar) ?? name))
            }
            if last && users.isEmpty {
                orphans = content(of: record, manifest: try store.manifest(ofImage: record.id))
                orphans.formUnion(try layerBlobs(of: record))
                try store.removeImage(id: record.id)
                steps.append(.deleted(record.id))
            }
        }
        if orphans.isEmpty { return steps }
        let gone = try collect(orphans).layers
        return steps + record.layers.reversed().filter { layer in gone.contains { $0.description == layer } }
            .map { .deleted($0) }
    }

    /// Removes images without a name, or with `all` every image, that no container is made from, and layers that
    /// belong to none.
    public func prune(all: Bool) throws(EngineError) -> (steps: [ImageRemovalStep], bytes: Int64) {
        var steps: [ImageRemovalStep] = []
        for record in try store.images() where all || record.names.isEmpty {
            guard try store.containers(image: record.id).isEmpty else { continue }
            steps += try remove(record.id, force: true)
        }
        removePartialBlobs(all: true)
        return (steps, try collect().bytes)
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
