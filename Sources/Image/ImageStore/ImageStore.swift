public import EngineModel
internal import FoundationEssentials
public import ImageModel
internal import LinuxSystem
internal import Primitives
public import StateStore

/// The images of this host: names and configurations in the state store, layers unpacked below the data root.
///
/// A value without state of its own but for the session: any thread may use it, and several processes work on the same store. Locks are
/// files (flock(2)), so they end with their holder.
public struct ImageStore: Sendable {
    let store: StateStore
    let layers: LayerStore
    let session: ImageSession

    /// - Parameter session: shared by the values that this process's leases are to be common to.
    public init(_ store: StateStore, session: ImageSession = ImageSession()) {
        self.store = store
        self.session = session
        layers = LayerStore(layout: store.layout)
    }

    var layout: DataLayout { store.layout }
    /// The record that it works on.
    public var state: StateStore { store }

    /// The image of this name (`latest` where no tag is given), `name@digest`, id, or beginning of an id.
    ///
    /// - Returns: nil if there is none; `.invalid` if several ids begin so or it is no reference at all.
    public func resolve(_ reference: String) throws(EngineError) -> StoredImage? {
        guard let record = try record(reference) else { return nil }
        return try image(record, try store.repositoryDigests()[record.id] ?? [])
    }

    /// All images, the newest in the store first.
    public func list() throws(EngineError) -> [StoredImage] {
        let digests = try store.repositoryDigests()
        var images: [StoredImage] = []
        for record in try store.images() { images.append(try image(record, digests[record.id] ?? [])) }
        return images
    }

    /// Gives an image one more name; returns the full reference.
    @discardableResult
    public func tag(_ source: String, as name: String) throws(EngineError) -> ImageReference {
        guard let record = try record(source) else { throw Self.notFound(source) }
        let reference = try parse(name).withDefaultTag
        if reference.digest != nil {
            throw EngineError(.invalid, "image reference \"\(name)\"", "a new name cannot hold a digest")
        }
        try store.name(image: record.id, reference: reference.description)
        return reference
    }

    /// Notes that an image was pulled again and is what it was: policies such as `daily` count from here.
    public func refresh(_ image: StoredImage) throws(EngineError) {
        try store.setStored(image: image.id, at: .now())
    }

    /// The configuration's document, as it came.
    public func configurationDocument(of image: StoredImage) throws(EngineError) -> [UInt8] {
        let digest = try EngineError.explaining { try Digest(image.id) }
        return try blob(digest, limit: 4 << 20)
    }

    /// The directories of unpacked layers, as an overlay takes them.
    ///
    /// - Parameter diffIDs: undermost first; a layer that occurs twice counts where it lies topmost, for overlayfs takes
    ///   each directory once.
    /// - Returns: topmost first, each once, never empty.
    public func layerDirectories(_ diffIDs: [Digest]) throws(EngineError) -> [String] {
        var seen = Set<Digest>()
        let directories = diffIDs.reversed().filter { seen.insert($0).inserted }.map { layout.layer($0.hex) }
        return directories.isEmpty ? [try layers.emptyLayer()] : directories
    }

    static func notFound(_ reference: String) -> EngineError {
        EngineError(.notFound, "image \(reference)", "there is no such image")
    }

    /// An id wins over a name only where it cannot be a name of an image that is here.
    func record(_ text: String) throws(EngineError) -> ImageRecord? {
        if let reference = try? ImageReference(text) {
            if let record = try store.image(reference: reference.withDefaultTag.description) { return record }
            if let digest = reference.digest {
                if let record = try store.image(repositoryDigest: "\(reference.name)@\(digest)") { return record }
                return try store.images(idPrefix: digest.description).first
            }
        } else if !text.hasPrefix("sha256:") {
            _ = try parse(text)
        }
        let digits = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
        guard (1...64).contains(digits.utf8.count), digits.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
            return nil
        }
        let found = try store.images(idPrefix: String(digits))
        if found.count > 1 { throw EngineError(.invalid, "image \(text)", "several image ids begin like this") }
        return found.first
    }

    func image(_ record: ImageRecord, _ digests: [String] = []) throws(EngineError) -> StoredImage {
        let content: ImageContent
        do {
            content = try JSONDecoder().decode(ImageContent.self, from: Data(record.content.utf8))
        } catch {
            throw EngineError(.system, "image \(record.id)", "its record cannot be read: \(error)")
        }
        let diffIDs = try EngineError.explaining {
            try record.layers.map { text throws(ImageFormatError) in try Digest(text) }
        }
        let directories = try layerDirectories(diffIDs)
        let names = record.names.compactMap { try? ImageReference($0).familiar }
        let summary = Image(
            id: record.id, tags: names, size: record.size, created: content.created, stored: record.stored,
            platform: content.platform.description, labels: content.execution.labels)
        return StoredImage(
            id: record.id, configuration: content.execution, layers: directories, summary: summary, diffIDs: diffIDs,
            repositoryDigests: digests.compactMap { try? ImageReference($0).familiar })
    }

    func parse(_ text: String) throws(EngineError) -> ImageReference {
        try EngineError.explaining { try ImageReference(text) }
    }
}
