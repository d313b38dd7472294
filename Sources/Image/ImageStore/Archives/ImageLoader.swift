internal import Archive
internal import CLinux
public import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// An image that an archive brought.
public struct LoadedImage: Sendable, Hashable {
    /// `sha256:…` of the image's configuration.
    public var id: String
    /// As users write them.
    public var names: [String]
}

extension ImageStore {
    /// Loads all images of an archive as `docker save` writes it, or of an OCI layout in a tar archive, compressed or
    /// not. Of an image for several platforms only that for this machine is taken. Images keep their ids; names that
    /// other images have move to the new ones.
    ///
    /// - Parameters:
    ///   - file: open for reading; a pipe is copied to disk first. Stays the caller's.
    ///   - subject: what the archive is called in errors.
    public func load(_ file: Int32, subject: String) throws(EngineError) -> [LoadedImage] {
        TemporaryDirectories(layout).sweep()
        try layers.prepare()
        let lease = try lease()
        let spool = try SpooledArchive(file, subject: subject, layout: layout)
        let images = try ArchivedImages(spool.raw, subject: subject).images()
        try takeLayers(of: images, from: spool.raw, lease)
        return try images.map { image throws(EngineError) in
            let id = try register(
                NewImage(document: image.document, manifest: image.manifest, names: image.names), lease)
            return LoadedImage(id: id, names: image.names.map(\.withDefaultTag.familiar))
        }
    }

    private func takeLayers(
        of images: [ArchivedImage], from file: Int32, _ lease: ContentLease
    ) throws(EngineError) {
        var wanted: [ArchivedImage.Layer] = []
        var seen = Set<Digest>()
        for layer in images.flatMap(\.layers) where seen.insert(layer.diffID).inserted { wanted.append(layer) }
        // The largest first, so that none is left for one thread at the end.
        wanted.sort { $0.place?.size ?? 0 > $1.place?.size ?? 0 }
        let layers = wanted
        let intake = LayerIntake(images: self, file: file, lease: lease)
        try ParallelWork.run(layers.count, threads: 2, name: "image-layer") { index, _ throws(EngineError) in
            try intake.take(layers[index])
        }
    }
}

/// An archive as an uncompressed file on disk: itself, or a copy without a name.
private struct SpooledArchive: ~Copyable {
    private let file: Descriptor
    var raw: Int32 { file.raw }

    init(_ file: Int32, subject: String, layout: DataLayout) throws(EngineError) {
        var status = stat()
        let isFile = fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && lseek(file, 0, SEEK_CUR) == 0
        if isFile {
            var start = [UInt8](repeating: 0, count: 8)
            let count = pread(file, &start, 8, 0)
            let compressed = start.withUnsafeBytes { Compression(of: $0) != nil }
            if count <= 0 { throw EngineError(.invalid, subject, "the archive is empty") }
            if !compressed {
                self.file = try EngineError.explaining(subject, doing: "opening the archive") {
                    Descriptor(owning: try systemCall { fcntl(file, F_DUPFD_CLOEXEC, 3) })
                }
                return
            }
        }
        let spool = try openSpool(layout)
        let source = try EngineError.explaining(subject) { try DecompressingSource(FileSource(file)) }
        while true {
            let bytes = try EngineError.explaining(subject) { try source.next() }
            if bytes.isEmpty { break }
            var written = 0
            while written < bytes.count {
                written += try EngineError.explaining(subject, doing: "copying the archive") {
                    try systemCall {
                        write(spool.raw, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                    }
                }
            }
        }
        self.file = spool
    }
}

/// A file without a name below the data root, for reading and writing.
func openSpool(_ layout: DataLayout) throws(EngineError) -> Descriptor {
    try EngineError.explaining(layout.temporary, doing: "making a temporary file") {
        try TemporaryDirectories(layout).prepare()
        return try Descriptor.open(layout.temporary, O_RDWR | O_TMPFILE, mode: 0o600)
    }
}
