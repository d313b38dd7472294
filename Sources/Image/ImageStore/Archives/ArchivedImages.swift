internal import Archive
internal import CLinux
internal import Digests
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// An image as found in an archive.
struct ArchivedImage {
    struct Layer {
        var diffID: Digest
        /// nil for a layer that is not in the archive: it has to be in the store.
        var place: ArchiveIndex.Place?
        /// What the bytes in the archive must be, compressed as they are; nil if nothing says so.
        var blob: BlobDescriptor?
        /// For errors.
        var subject: String
    }

    var configuration: ImageConfiguration
    /// The configuration's bytes.
    var document: [UInt8]
    /// The manifest's bytes; nil if there is none.
    var manifest: [UInt8]?
    var names: [ImageReference]
    var layers: [Layer]
}

/// Finds the images of an uncompressed archive on disk.
struct ArchivedImages {
    private let file: Int32
    private let subject: String
    private let index: ArchiveIndex
    private let documents = DocumentCount()

    /// Of indexes and manifests that were read: a few small ones can list each other very often.
    private final class DocumentCount {
        var count = 0
    }

    init(_ file: Int32, subject: String) throws(EngineError) {
        var status = stat()
        _ = fstat(file, &status)
        let size = Int64(status.st_size)
        self.file = file
        self.subject = subject
        index = try EngineError.explaining(subject) { try ArchiveIndex(file, size: size) }
    }

    func images() throws(EngineError) -> [ArchivedImage] {
        if let place = index.place(of: "manifest.json") {
            let document = try read(place, limit: 20 << 20, "manifest.json")
            let saved = try EngineError.explaining { try SavedImage.list(json: document) }
            var images: [ArchivedImage] = []
            for entry in saved { images.append(try image(entry)) }
            return withManifests(images)
        }
        guard index.place(of: "index.json") != nil else {
            throw EngineError(
                .invalid, subject, "the archive holds no image: it has neither manifest.json nor index.json",
                hint: "`compose image import` makes an image from the files of an archive")
        }
        let images = try layoutImages()
        if images.isEmpty {
            throw EngineError(.unsupported, subject, "it holds no image for \(Platform.host)")
        }
        return images
    }

    // MARK: docker save

    private func image(_ entry: SavedImage) throws(EngineError) -> ArchivedImage {
        guard let place = index.place(of: entry.configuration) else { throw missing(entry.configuration) }
        let document = try read(place, limit: 4 << 20, entry.configuration)
        let configuration = try configuration(document)
        let names = try (entry.names ?? []).map { name throws(EngineError) in
            try EngineError.explaining { try ImageReference(name) }
        }
        guard entry.layers.count == configuration.diffIDs.count else {
            throw EngineError(
                .invalid, subject,
                "manifest.json lists \(entry.layers.count) layers, the configuration \(configuration.diffIDs.count)")
        }
        let layers = try zip(entry.layers, configuration.diffIDs).map { path, diffID throws(EngineError) in
            ArchivedImage.Layer(
                diffID: diffID, place: index.place(of: path), blob: nil, subject: "\(subject): \(path)")
        }
        return ArchivedImage(configuration: configuration, document: document, names: names, layers: layers)
    }

    // MARK: OCI layout

    private func layoutImages() throws(EngineError) -> [ArchivedImage] {
        guard let place = index.place(of: "index.json") else { return [] }
        return try images(
            of: try read(place, limit: 4 << 20, "index.json"), annotations: [:], choosing: false, depth: 0)
    }

    /// Gives images of manifest.json the manifests that the archive holds for them, being an OCI layout too.
    private func withManifests(_ images: [ArchivedImage]) -> [ArchivedImage] {
        guard let found = try? layoutImages() else { return images }
        return images.map { image in
            guard let same = found.first(where: { $0.document == image.document }),
                zip(same.layers, image.layers).allSatisfy({ $0.place == $1.place })
            else { return image }
            var image = image
            image.manifest = same.manifest
            image.layers = same.layers
            return image
        }
    }

    /// The images that a manifest or index stands for. `choosing`: of an index that is one image for several platforms
    /// only the first for this machine is taken.
    private func images(
        of document: [UInt8], annotations: [String: String], choosing: Bool, depth: Int
    ) throws(EngineError) -> [ArchivedImage] {
        guard depth < 8 else { throw EngineError(.invalid, subject, "indexes are nested more than 8 deep") }
        documents.count += 1
        guard documents.count <= 4096 else {
            throw EngineError(.invalid, subject, "its indexes and manifests list more than 4096 of each other")
        }
        let parsed = try EngineError.explaining { try ManifestDocument(json: document) }
        switch parsed {
        case .manifest(let configuration, let layers):
            var image = try image(configuration, layers, annotations)
            image.manifest = document
            return [image]
        case .index(let descriptors):
            var found: [ArchivedImage] = []
            for descriptor in descriptors where descriptor.platform?.runsHere ?? true {
                // Documents about other documents (attestations) are for no platform.
                if descriptor.platform?.os == "unknown" { continue }
                let own = annotations.merging(descriptor.annotations ?? [:]) { $1 }
                let nested = try read(descriptor, limit: 4 << 20)
                found += try images(of: nested, annotations: own, choosing: true, depth: depth + 1)
                if choosing, !found.isEmpty { break }
            }
            return found
        }
    }

    private func image(
        _ descriptor: BlobDescriptor, _ blobs: [BlobDescriptor], _ annotations: [String: String]
    ) throws(EngineError) -> ArchivedImage {
        let document = try read(descriptor, limit: 4 << 20)
        let configuration = try configuration(document)
        guard blobs.count == configuration.diffIDs.count else {
            throw EngineError(.invalid, subject, "the manifest's layers are not those of the configuration")
        }
        let layers = try zip(blobs, configuration.diffIDs).map { blob, diffID throws(EngineError) in
            let path = "blobs/sha256/\(blob.digest.hex)"
            let place = index.place(of: path)
            if let place, place.size != blob.size {
                throw EngineError(.invalid, subject, "\(path) has \(place.size) bytes, but should have \(blob.size)")
            }
            return ArchivedImage.Layer(diffID: diffID, place: place, blob: blob, subject: "\(subject): \(path)")
        }
        return ArchivedImage(
            configuration: configuration, document: document, names: names(annotations), layers: layers)
    }

    /// containerd writes the whole name, others into `ref.name` either that or only a tag, which names nothing.
    private func names(_ annotations: [String: String]) -> [ImageReference] {
        let reference = annotations["org.opencontainers.image.ref.name"]
        let candidates = [annotations["io.containerd.image.name"], reference].compactMap { $0 }
        for text in candidates where text.contains(":") || text.contains("/") {
            if let name = try? ImageReference(text) { return [name] }
        }
        return []
    }

    // MARK: Documents

    private func configuration(_ document: [UInt8]) throws(EngineError) -> ImageConfiguration {
        let configuration = try EngineError.explaining { try ImageConfiguration(json: document) }
        let platform = Platform(architecture: configuration.architecture, os: configuration.os)
        guard platform.runsHere else {
            throw EngineError(.unsupported, subject, "the image is for \(platform), this machine is \(Platform.host)")
        }
        return configuration
    }

    private func read(_ descriptor: BlobDescriptor, limit: Int) throws(EngineError) -> [UInt8] {
        let path = "blobs/sha256/\(descriptor.digest.hex)"
        guard let place = index.place(of: path) else { throw missing(path) }
        let bytes = try read(place, limit: limit, path)
        guard SHA256.hex(of: bytes) == descriptor.digest.hex else {
            throw EngineError(.invalid, subject, "\(path) does not have the content that its name says")
        }
        return bytes
    }

    private func read(_ place: ArchiveIndex.Place, limit: Int, _ path: String) throws(EngineError) -> [UInt8] {
        guard place.size <= Int64(limit) else {
            throw EngineError(.invalid, subject, "\(path) is larger than \(limit >> 20) MiB")
        }
        var bytes: [UInt8] = []
        try EngineError.explaining(subject) {
            let source = FileSource(file, offset: place.offset, length: place.size)
            while true {
                let piece = try source.next()
                if piece.isEmpty { return }
                bytes += piece
            }
        }
        return bytes
    }

    private func missing(_ path: String) -> EngineError {
        EngineError(.invalid, subject, "\(path) is missing in the archive")
    }
}
