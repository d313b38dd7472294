internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import StateStore
internal import SystemPackage

/// What a collection removed.
struct CollectedContent {
    var layers = Set<Digest>()
    var blobs = Set<Digest>()
    /// Of files of layers and of blobs.
    var bytes: Int64 = 0
}

extension ImageStore {
    /// Removes layers and blobs that no image, no owner and no living lease names; with `candidates` only those of them.
    ///
    /// What goes is moved away while the lock is held and deleted afterwards, so nobody waits for the deletion.
    func collect(_ candidates: Set<ContentName>? = nil) throws(EngineError) -> CollectedContent {
        guard Files.exists(layout.layers) || Files.exists(layout.blobs) else { return CollectedContent() }
        let grave = try TemporaryDirectory(layout)
        let lock = try fileLock(layout.imagesLock)
        defer { lock.unlock() }
        // Leases before records: who lets go of a lease has recorded what it was for.
        let held = ContentLease.held(layout)
        let named = try namedContent()
        func isUnused(_ name: ContentName) -> Bool {
            !named.contains(name) && !held.contains(name.description) && candidates?.contains(name) ?? true
        }
        var collected = CollectedContent()
        for digest in layers.all() where isUnused(.layer(digest)) {
            let size = layers.size(of: digest) ?? 0
            guard rename("\(layout.layers)/\(digest.hex)", "\(grave.path)/layer-\(digest.hex)") == 0 else { continue }
            layers.forgetUnsettled(digest)
            collected.layers.insert(digest)
            collected.bytes += size
            try store.removeLayerBlob(diffID: digest.description)
        }
        for digest in allBlobs() where isUnused(.blob(digest)) {
            let size = blobSize(digest) ?? 0
            guard rename(layout.blob(digest.hex), "\(grave.path)/blob-\(digest.hex)") == 0 else { continue }
            collected.blobs.insert(digest)
            collected.bytes += size
        }
        return collected
    }

    /// The digests of all blobs that are here.
    func allBlobs() -> [Digest] {
        ((try? Files.list(layout.blobs)) ?? []).compactMap { Digest(hex: $0) }
    }

    /// Everything that an image or an owner needs.
    private func namedContent() throws(EngineError) -> Set<ContentName> {
        var named = Set<ContentName>()
        for text in try store.keptContent() { if let name = ContentName(text) { named.insert(name) } }
        let manifests = try store.manifests()
        for record in try store.images() { named.formUnion(content(of: record, manifest: manifests[record.id])) }
        for blob in try store.layerBlobs() {
            guard let diffID = try? Digest(blob.diffID), named.contains(.layer(diffID)),
                let digest = try? Digest(blob.digest)
            else { continue }
            named.insert(.blob(digest))
        }
        return named
    }

    /// Layers, configuration and manifest of an image, and the manifest's blobs.
    func content(of record: ImageRecord, manifest: String?) -> Set<ContentName> {
        var names = Set(record.layers.compactMap { try? Digest($0) }.map { ContentName.layer($0) })
        if let digest = try? Digest(record.id) { names.insert(.blob(digest)) }
        guard let manifest, let digest = try? Digest(manifest) else { return names }
        names.insert(.blob(digest))
        guard let bytes = try? blob(digest, limit: 4 << 20),
            case .manifest(_, let layers)? = try? ManifestDocument(json: bytes)
        else { return names }
        names.formUnion(layers.map { .blob($0.digest) })
        return names
    }
}

extension ContentName {
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let digest = Digest(hex: String(words[1])) else { return nil }
        switch words[0] {
        case "blob": self = .blob(digest)
        case "layer": self = .layer(digest)
        default: return nil
        }
    }
}
