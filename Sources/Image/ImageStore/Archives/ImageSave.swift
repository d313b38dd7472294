internal import Archive
public import Engine
internal import FoundationEssentials
internal import Glibc
internal import LinuxSystem
internal import OCIImage
internal import StateStore
internal import SystemPackage

extension ImageStore {
    /// Writes images into one archive that `docker load` reads and that is an OCI layout too.
    ///
    /// Layers are written anew from their files. Where that gives other bytes than the archive they once came in, the
    /// configuration names the new digests, and the image gets another id when it is loaded elsewhere.
    ///
    /// - Parameter file: open for writing; stays the caller's.
    public func save(_ references: [String], to file: Int32, subject: String) throws(EngineError) {
        let lease = try lease()
        let output = try archiving(subject) { () throws(ArchiveError) in try TarWriter(FileSink(file)) }
        var archive = SavedArchive(store: self, output: output, subject: subject)
        for reference in references {
            guard let image = try resolve(reference) else { throw Self.notFound(reference) }
            try lease.hold(image.diffIDs.map { .layer($0) })
            let name = try? ImageReference(reference).withDefaultTag.familiar
            let names = name.map { image.summary.tags.contains($0) ? [$0] : [] } ?? image.summary.tags
            try archive.add(
                image, names: names.isEmpty && image.id.hasPrefix(reference) ? image.summary.tags : names)
        }
        try archive.finish()
    }
}

/// An archive that is being written.
private struct SavedArchive {
    let store: ImageStore
    let output: TarWriter
    let subject: String
    /// What the layers became, by their old digests.
    private var layers: [Digest: (digest: String, size: Int64)] = [:]
    private var blobs = Set<String>()
    private var images: [SavedImage] = []
    private var manifests: [Index.Entry] = []

    init(store: ImageStore, output: TarWriter, subject: String) {
        self.store = store
        self.output = output
        self.subject = subject
    }

    struct Index: Encodable {
        struct Entry: Encodable {
            var mediaType: String
            var digest: String
            var size: Int
            var annotations: [String: String]?
        }

        var schemaVersion = 2
        var mediaType = MediaType.index
        var manifests: [Entry]
    }

    struct Manifest: Encodable {
        struct Entry: Encodable {
            var mediaType: String
            var digest: String
            var size: Int64
        }

        var schemaVersion = 2
        var mediaType = MediaType.manifest
        var config: Entry
        var layers: [Entry]
    }

    mutating func add(_ image: StoredImage, names: [String]) throws(EngineError) {
        var document = String(decoding: try store.configurationDocument(of: image), as: UTF8.self)
        var written: [Manifest.Entry] = []
        for digest in image.diffIDs {
            let layer = try layer(digest)
            written.append(
                Manifest.Entry(mediaType: MediaType.layer, digest: "sha256:\(layer.digest)", size: layer.size))
            document = document.replacing(digest.hex, with: layer.digest)
        }
        let bytes = Array(document.utf8)
        let configuration = try addBlob(bytes)
        let manifest = Manifest(
            config: Manifest.Entry(
                mediaType: MediaType.configuration, digest: "sha256:\(configuration)", size: Int64(bytes.count)),
            layers: written)
        let manifestBytes = try json(manifest)
        let manifestDigest = try addBlob(manifestBytes)
        for name in names.isEmpty ? [nil] : names.map(Optional.some) {
            var annotations: [String: String]?
            if let name, let reference = try? ImageReference(name) {
                annotations = [
                    "io.containerd.image.name": reference.description,
                    "org.opencontainers.image.ref.name": reference.tag ?? "latest",
                ]
            }
            manifests.append(
                Index.Entry(
                    mediaType: MediaType.manifest, digest: "sha256:\(manifestDigest)", size: manifestBytes.count,
                    annotations: annotations))
        }
        let path = "blobs/sha256/\(configuration)"
        if let known = images.firstIndex(where: { $0.configuration == path }) {
            images[known].names = (images[known].names ?? []) + names
        } else {
            images.append(
                SavedImage(
                    configuration: path, names: names,
                    layers: written.map { "blobs/sha256/\($0.digest.dropFirst(7))" }))
        }
    }

    func finish() throws(EngineError) {
        try addFile("index.json", try json(Index(manifests: manifests)))
        try addFile("manifest.json", try json(images))
        try addFile("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        try archiving(subject) { () throws(ArchiveError) in try output.finish() }
    }

    private mutating func layer(_ digest: Digest) throws(EngineError) -> (digest: String, size: Int64) {
        if let known = layers[digest] { return known }
        let layout = store.layout
        let spool = try openSpool(layout)
        let root = try system("layer \(digest)", "opening it") { () throws(Errno) in
            try Descriptor.open(layout.layer(digest.hex), O_RDONLY | O_DIRECTORY)
        }
        let sink = FileSink(spool.raw)
        try archiving(subject) { () throws(ArchiveError) in
            let writer = try TarWriter(sink)
            try archiveTree(root, to: writer, rules: TreeArchiveRules(whiteouts: .overlay))
            try writer.finish()
        }
        let result = (digest: sink.finish(), size: sink.count)
        layers[digest] = result
        if blobs.insert(result.digest).inserted {
            var entry = entry("blobs/sha256/\(result.digest)")
            entry.size = result.size
            try archiving(subject) { () throws(ArchiveError) in try output.add(entry, file: spool.raw) }
        }
        return result
    }

    private mutating func addBlob(_ bytes: [UInt8]) throws(EngineError) -> String {
        let hex = SHA256.hex(of: bytes)
        if blobs.insert(hex).inserted { try addFile("blobs/sha256/\(hex)", bytes) }
        return hex
    }

    private func addFile(_ path: String, _ bytes: [UInt8]) throws(EngineError) {
        var entry = entry(path)
        entry.size = Int64(bytes.count)
        try archiving(subject) { () throws(ArchiveError) in try output.add(entry, content: bytes) }
    }

    private func entry(_ path: String) -> TarEntry { TarEntry(path: Array(path.utf8), kind: .file, mode: 0o644) }

    private func json(_ value: some Encodable) throws(EngineError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(value))
        } catch {
            throw EngineError(.system, subject, "a document cannot be written as JSON: \(error)")
        }
    }
}
