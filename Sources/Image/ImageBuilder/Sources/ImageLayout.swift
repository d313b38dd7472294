internal import EngineModel
internal import ImageModel
internal import ImageStore
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// An image in an OCI image layout on the host (OCI image specification, image-layout): `DIRECTORY[:TAG][@DIGEST]`.
struct ImageLayout {
    private let directory: CacheDirectory
    private var tag: String?
    private var digest: Digest?
    private let subject: String

    init(_ text: String) throws(EngineError) {
        var path = text[...]
        subject = "oci-layout://\(text)"
        if let mark = path.lastIndex(of: "@") {
            guard let digest = try? Digest(String(path[path.index(after: mark)...])) else {
                throw EngineError(.invalid, subject, "what follows the @ is not a digest")
            }
            self.digest = digest
            path = path[..<mark]
        }
        let name = path.lastIndex(of: "/") ?? path.startIndex
        if let colon = path[name...].lastIndex(of: ":") {
            tag = String(path[path.index(after: colon)...])
            path = path[..<colon]
        }
        directory = CacheDirectory(path: String(path))
    }

    /// Takes the image into the store, without a name.
    ///
    /// - Returns: its id.
    func load(into store: ImageStore, lease: ContentLease, cancellation: Cancellation) throws(EngineError) -> String {
        let (document, layers) = try read()
        for (layer, blob) in layers where try !store.hasLayer(layer, lease) {
            try directory.fetch(layer, blob, store: store, lease: lease, cancellation: cancellation)
        }
        return try store.register(NewImage(document: document), lease)
    }

    /// The configuration's document, and the layers with their blobs.
    private func read() throws(EngineError) -> (document: [UInt8], layers: [(Digest, BlobDescriptor)]) {
        let index = try EngineError.explaining(subject, doing: "reading its index.json") {
            try Files.read("\(directory.path)/index.json", limit: 4 << 20)
        }
        do throws(ImageFormatError) {
            guard let (configuration, blobs) = try manifest(index, depth: 0) else {
                throw ImageFormatError(.malformed, subject, "there is no such image for \(Platform.host) in it")
            }
            let document = try directory.verified(configuration)
            let image = try ImageConfiguration(json: document)
            guard image.diffIDs.count == blobs.count,
                Platform(architecture: image.architecture, os: image.os).runsHere
            else {
                throw ImageFormatError(
                    .malformed, subject, "the image is not for \(Platform.host), or its layers are not its own")
            }
            return (document, Array(zip(image.diffIDs, blobs)))
        } catch {
            throw EngineError(.invalid, error.subject, error.reason)
        }
    }

    /// What a document leads to: itself, or the first image of an index that fits tag, digest and this machine.
    private func manifest(
        _ document: [UInt8], depth: Int
    ) throws(ImageFormatError) -> (configuration: BlobDescriptor, layers: [BlobDescriptor])? {
        switch try ManifestDocument(json: document) {
        case .manifest(let configuration, let layers): return (configuration, layers)
        case .index(let images):
            guard depth < 4 else { throw ImageFormatError(.malformed, subject, "its indexes are nested too deep") }
            for image in images where image.platform?.runsHere ?? true {
                if depth == 0, let tag, image.annotations?["org.opencontainers.image.ref.name"] != tag { continue }
                if depth == 0, let digest, image.digest != digest { continue }
                if let found = try manifest(try directory.verified(image), depth: depth + 1) { return found }
            }
            return nil
        }
    }
}
