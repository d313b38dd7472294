internal import Archive
internal import CLinux
internal import Digests
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// A blob in the making whose digest is not known yet: a file without a name, which goes with its last descriptor.
/// Used by one thread.
final class BlobFile: ByteSink {
    private let layout: DataLayout
    private let file: Descriptor
    private var hash = SHA256()
    /// Bytes so far.
    private(set) var count: Int64 = 0
    /// The file, for reading.
    var raw: Int32 { file.raw }
    /// Whether the digest is computed here.
    private let hashes: Bool

    /// - Parameter hashes: false if somebody else computes the digest.
    init(_ layout: DataLayout, hashes: Bool = true) throws(EngineError) {
        self.layout = layout
        self.hashes = hashes
        file = try openSpool(layout)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        var written = 0
        while written < bytes.count {
            written += try ArchiveError.explaining(doing: "writing a blob") {
                try systemCall {
                    Glibc.write(file.raw, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                }
            }
        }
        if hashes { hash.update(bytes) }
        count += Int64(bytes.count)
    }

    /// The digest of all that was written, if it is computed here; once only.
    func digest() throws(EngineError) -> Digest {
        guard hashes, let digest = Digest(hex: hash.finish()) else {
            throw EngineError(.system, "a blob", "it has no digest")
        }
        return digest
    }

    /// Gives it the name of its digest once the disk has it, unless there is such a blob; the last call. Returns its size.
    func publish(as digest: Digest, _ lease: ContentLease) throws(EngineError) -> Int64 {
        try lease.hold([.blob(digest)])
        let (raw, path) = (file.raw, layout.blob(digest.hex))
        try EngineError.explaining("blob \(digest)", doing: "putting it in its place") {
            try Files.makeDirectories(layout.blobs)
            if isThere(path) { return }
            try systemCall { fsync(raw) }
            if linkat(AT_FDCWD, "/proc/self/fd/\(raw)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 { return }
            guard errno == EEXIST else { throw Errno(rawValue: errno) }
            // Somebody was faster, or a loss of power left a part of it there.
            if isThere(path) { return }
            let beside = "\(layout.temporary)/blob-\(digest.hex)-\(getpid())-\(raw)"
            unlink(beside)
            try systemCall { linkat(AT_FDCWD, "/proc/self/fd/\(raw)", AT_FDCWD, beside, AT_SYMLINK_FOLLOW) }
            try systemCall { rename(beside, path) }
        }
        return count
    }

    private func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && Int64(status.st_size) == count
    }
}
