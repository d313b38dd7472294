internal import Archive
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// Unpacked layers: `layers/HEX/fs`, made in a temporary directory and renamed, so that one is there completely or not
/// at all.
///
/// `layers/HEX/size` holds the bytes of its files and is the mark of a layer that the disk has all of. Until
/// ``LayerSettling`` has seen to that, the file is called `unsettled`, and the layer counts only as long as the machine
/// runs: a note in the run root names it together with the boot. After a loss of power it is made again.
struct LayerStore: Sendable {
    let layout: DataLayout

    /// A layer that is here.
    struct Layer {
        var digest: Digest
        /// Bytes of its files.
        var size: Int64
    }

    /// Makes the directory that layers lie in.
    func prepare() throws(EngineError) {
        try EngineError.explaining(layout.layers, doing: "making the directory") {
            try Files.makeDirectories(layout.layers)
        }
    }

    /// Bytes of a layer's files; nil if it is not here, or not whole.
    func size(of digest: Digest) -> Int64? {
        let directory = "\(layout.layers)/\(digest.hex)"
        if let size = Files.text("\(directory)/size") { return Int64(size) }
        guard isUnsettled(digest) else { return nil }
        return Files.text("\(directory)/unsettled").flatMap { Int64($0) }
    }

    /// Unpacks a layer, compressed or not, unless it is here. Of several at once, threads or processes, one works and
    /// the others wait for it.
    func unpack(
        _ digest: Digest, subject: String, _ source: () throws -> any ByteSource
    ) throws(EngineError) -> Layer {
        if let size = size(of: digest) { return Layer(digest: digest, size: size) }
        let claim = try claim(digest)
        if let size = size(of: digest) { return Layer(digest: digest, size: size) }
        let temporary = try TemporaryDirectory(layout)
        let layer = try unpack(into: temporary, subject: subject, try EngineError.explaining(subject, source))
        guard layer.digest == digest else {
            throw EngineError(
                .invalid, subject, "the layer's content has the digest \(layer.digest), but it should be \(digest)")
        }
        try publish(temporary, layer)
        _ = consume claim
        return layer
    }

    /// Unpacks a layer whose digest is not known yet; the lease holds it.
    func unpack(subject: String, _ source: any ByteSource, _ lease: ContentLease) throws(EngineError) -> Layer {
        let temporary = try TemporaryDirectory(layout)
        let layer = try unpack(into: temporary, subject: subject, source)
        try lease.hold([.layer(layer.digest)])
        try publishIfMissing(temporary, layer)
        return layer
    }

    /// Puts a layer in its place unless it is there.
    func publishIfMissing(_ temporary: borrowing TemporaryDirectory, _ layer: Layer) throws(EngineError) {
        let claim = try claim(layer.digest)
        defer { claim.unlock() }
        if size(of: layer.digest) == nil { try publish(temporary, layer) }
    }

    /// The directory that stands for the layers of an image without any.
    func emptyLayer() throws(EngineError) -> String {
        let path = "\(layout.layers)/empty/fs"
        if Files.exists(path) { return path }
        try EngineError.explaining(path, doing: "making the directory") {
            try Files.makeDirectories(path)
            try systemCall { chmod(path, 0o755) }
        }
        return path
    }

    /// The digests of all layers that are here.
    func all() -> [Digest] {
        ((try? Files.list(layout.layers)) ?? []).compactMap { Digest(hex: $0) }
    }

    private func unpack(
        into temporary: borrowing TemporaryDirectory, subject: String, _ source: any ByteSource
    ) throws(EngineError) -> Layer {
        let root = try EngineError.explaining(temporary.path, doing: "making the layer's directory") {
            try systemCall { mkdirat(temporary.lock.file.raw, "fs", 0o755) }
            let root = try temporary.lock.file.open(at: "fs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            try systemCall { fchmod(root.raw, 0o755) }
            return root
        }
        var rules = ExtractionRules(whiteouts: .overlay)
        rules.maximumBytes = freeSpace(root)
        let hashing = HashingSource(
            try EngineError.explaining(subject) { try DecompressingSource(source) })
        let result = try EngineError.explaining(subject) {
            try extractTar(hashing, into: root, rules: rules)
        }
        let hex = try EngineError.explaining(subject) { try hashing.finish() }
        guard let digest = Digest(hex: hex) else { throw EngineError(.system, subject, "not a digest: \(hex)") }
        return Layer(digest: digest, size: result.bytes)
    }

    private func publish(_ temporary: borrowing TemporaryDirectory, _ layer: Layer) throws(EngineError) {
        let path = temporary.path
        let place = "\(layout.layers)/\(layer.digest.hex)"
        if Files.exists(place) { try clear(place) }
        try EngineError.explaining(path, doing: "putting the layer in its place") {
            try Files.replace("\(path)/unsettled", with: Array(String(layer.size).utf8))
            try noteUnsettled(layer.digest)
            try systemCall { rename(path, place) }
        }
    }

    /// Takes away what a loss of power left: nobody uses it.
    private func clear(_ place: String) throws(EngineError) {
        let grave = try TemporaryDirectory(layout)
        let path = "\(grave.path)/layer"
        try EngineError.explaining(place, doing: "removing what is left of the layer") {
            if rename(place, path) != 0, errno != ENOENT { throw Errno(rawValue: errno) }
        }
        _ = consume grave
    }

    /// The right to make a layer. There are 256 of these locks, so that no file per layer is left over.
    private func claim(_ digest: Digest) throws(EngineError) -> FileLock {
        let directory = "\(layout.runRoot)/locks"
        try EngineError.explaining(directory, doing: "making the directory") { try Files.makeDirectories(directory) }
        return try workLock("\(directory)/layers-\(digest.hex.prefix(2))")
    }

    /// Bytes that may be filled: what is free without a reserve of 64 MiB.
    private func freeSpace(_ directory: borrowing Descriptor) -> Int64 {
        guard let free = Files.availableBytes(in: directory) else { return .max }
        return max(0, Int64(clamping: free) - (64 << 20))
    }
}
