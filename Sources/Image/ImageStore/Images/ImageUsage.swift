public import EngineModel
internal import ImageModel
internal import StateStore

/// What the images take on the disk.
public struct ImageUsage: Sendable {
    /// What one image takes.
    public struct Entry: Sendable {
        /// As it lies in the store.
        public var image: StoredImage
        /// Bytes of layers that other images have too.
        public var shared: Int64
        /// Bytes of layers and blobs that no other image has.
        public var unique: Int64
        /// Containers that are made from it.
        public var containers: Int
    }

    /// One for each image of the store.
    public var entries: [Entry]
    /// Bytes of everything: layers, each once, and blobs.
    public var size: Int64
    /// Bytes of what no image with containers needs.
    public var reclaimable: Int64
}

extension ImageStore {
    /// What all images take on disk.
    public func usage() throws(EngineError) -> ImageUsage {
        let manifests = try store.manifests()
        var blobs: [String: Digest] = [:]
        for record in try store.layerBlobs() { blobs[record.diffID] = try? Digest(record.digest) }
        var users: [ContentName: Int] = [:]
        var found: [(image: StoredImage, content: Set<ContentName>, containers: Int)] = []
        for record in try store.images() {
            var content = content(of: record, manifest: manifests[record.id])
            content.formUnion(record.layers.compactMap { blobs[$0] }.map { .blob($0) })
            for name in content { users[name, default: 0] += 1 }
            found.append((try image(record), content, try store.containers(image: record.id).count))
        }
        let everything = layers.all().map { ContentName.layer($0) } + allBlobs().map { .blob($0) }
        let active = found.filter { $0.containers > 0 }.reduce(into: Set<ContentName>()) { $0.formUnion($1.content) }
        let size = bytes(everything)
        return ImageUsage(
            entries: found.map { entry in
                ImageUsage.Entry(
                    image: entry.image, shared: bytes(entry.content.filter { users[$0, default: 0] > 1 && $0.isLayer }),
                    unique: bytes(entry.content.filter { users[$0] == 1 }), containers: entry.containers)
            }, size: size, reclaimable: size - bytes(active))
    }

    private func bytes(_ names: some Sequence<ContentName>) -> Int64 {
        names.reduce(0) { sum, name in
            switch name {
            case .layer(let digest): sum + (layers.size(of: digest) ?? 0)
            case .blob(let digest): sum + (blobSize(digest) ?? 0)
            }
        }
    }
}

extension ContentName {
    fileprivate var isLayer: Bool {
        if case .layer = self { true } else { false }
    }
}
