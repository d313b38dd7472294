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
        try layers.locked(shared: false) { () throws(EngineError) in try removeLocked(reference, force: force) }
    }

    private func removeLocked(_ reference: String, force: Bool) throws(EngineError) -> [ImageRemovalStep] {
        guard let record = try record(reference) else { throw Self.notFound(reference) }
        var steps: [ImageRemovalStep] = []
        var orphaned = false
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
                try store.removeImage(id: record.id)
                steps.append(.deleted(record.id))
                orphaned = true
            }
        }
        if orphaned { steps += try removeFiles(of: record) }
        return steps
    }

    /// Removes images without a name, or with `all` every image, that no container is made from, and layers that
    /// belong to none.
    public func prune(all: Bool) throws(EngineError) -> (steps: [ImageRemovalStep], bytes: Int64) {
        var steps: [ImageRemovalStep] = []
        let before = try layerBytes()
        for record in try store.images() where all || record.names.isEmpty {
            guard try store.containers(image: record.id).isEmpty else { continue }
            steps += try remove(record.id, force: true)
        }
        try layers.locked(shared: false) { () throws(EngineError) in
            let used = Set(try store.images().flatMap(\.layers))
            try layers.remove(layers.all().filter { !used.contains($0.description) })
        }
        let after = try layerBytes()
        return (steps, max(0, before - after))
    }

    private func removeFiles(of record: ImageRecord) throws(EngineError) -> [ImageRemovalStep] {
        let used = Set(try store.images().flatMap(\.layers))
        let unused = Set(record.layers).subtracting(used).sorted()
        let digests = try converting { () throws(ImageFormatError) in
            try unused.map { text throws(ImageFormatError) in try Digest(text) }
        }
        try layers.remove(digests)
        if let digest = try? Digest(record.id) { unlink(layout.blob(digest.hex)) }
        return record.layers.reversed().filter { unused.contains($0) }.map { .deleted($0) }
    }

    private func layerBytes() throws(EngineError) -> Int64 {
        layers.all().reduce(0) { $0 + (layers.size(of: $1) ?? 0) }
    }
}
