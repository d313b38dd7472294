internal import Archive
internal import CLinux
internal import Digests
public import EngineModel
internal import Glibc
public import ImageModel
internal import LinuxSystem
public import Primitives
internal import StateStore
internal import SystemPackage

/// The right to write one blob. Of several processes and threads one has it, the others wait.
///
/// What an interrupted attempt received is kept for the next one. Used by one thread at a time. Without
/// ``commit()`` the partial file stays for a later resume, and letting go of the value lets the right go.
public final class BlobIngest {
    private let path: String
    private let target: String
    private let digest: Digest
    private let size: Int64
    private let lock: FileLock
    private var hash = SHA256()
    /// Bytes that are there: those that an interrupted attempt left, and those written since.
    public private(set) var offset: Int64 = 0

    /// Takes over the locked file, and reads what is in it already.
    fileprivate init(
        _ lock: consuming FileLock, _ layout: DataLayout, _ digest: Digest, size: Int64
    ) throws(EngineError) {
        path = "\(layout.ingests)/\(digest.hex)"
        target = layout.blob(digest.hex)
        self.digest = digest
        self.size = size
        self.lock = lock
        try readExisting()
    }

    private func readExisting() throws(EngineError) {
        let present = try EngineError.explaining(path, doing: "reading its size") {
            Int64(try lock.file.status().st_size)
        }
        if present == 0 { return }
        if present > size { return try restart() }
        let source = FileSource(lock.file.raw, offset: 0, length: present)
        while offset < present {
            let bytes = try EngineError.explaining(path) { try source.next() }
            hash.update(bytes)
            offset += Int64(bytes.count)
        }
    }

    /// Appends; fails beyond the blob's size.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(EngineError) {
        guard Int64(bytes.count) <= size - offset else {
            throw EngineError(.invalid, "blob \(digest)", "it is longer than its \(size) bytes")
        }
        var written = 0
        while written < bytes.count {
            written += try EngineError.explaining("blob \(digest)", doing: "writing it") {
                try systemCall {
                    pwrite(
                        lock.file.raw, bytes.baseAddress.map { $0 + written }, bytes.count - written,
                        Int(offset) + written)
                }
            }
        }
        hash.update(bytes)
        offset += Int64(bytes.count)
    }

    /// Throws away what is there, for a source that cannot continue in the middle.
    public func restart() throws(EngineError) {
        try EngineError.explaining("blob \(digest)", doing: "emptying it") {
            try systemCall { ftruncate(lock.file.raw, 0) }
        }
        hash = SHA256()
        offset = 0
    }

    /// Makes the blob visible if size and digest are right, once the disk has it; else everything received is thrown
    /// away, and `.invalid`. The last call.
    public func commit() throws(EngineError) {
        let received = offset
        let hex = hash.finish()
        guard received == size, hex == digest.hex else {
            try restart()
            lock.remove(path)
            let reason =
                received == size ? "its content has the digest sha256:\(hex)" : "\(received) of \(size) bytes came"
            throw EngineError(.invalid, "blob \(digest)", reason)
        }
        try EngineError.explaining("blob \(digest)", doing: "putting it in its place") {
            try systemCall { fsync(lock.file.raw) }
            try systemCall { rename(path, target) }
        }
    }
}

extension ImageStore {
    /// The right to write a blob, or nil if it is there (again). Waits while another thread or process has it. One that
    /// has not this size is the remains of a loss of power, and is written anew.
    ///
    /// Throws `.cancelled` when cancelled while waiting, `.invalid` if `size` is negative or larger than the free space.
    public func ingest(
        _ digest: Digest, size: Int64, _ lease: ContentLease, cancellation: Cancellation
    ) throws(EngineError) -> BlobIngest? {
        guard size >= 0 else { throw EngineError(.invalid, "blob \(digest)", "its size is negative") }
        let path = "\(layout.ingests)/\(digest.hex)"
        try EngineError.explaining(layout.ingests, doing: "making the directories") {
            try Files.makeDirectories(layout.ingests)
            try Files.makeDirectories(layout.blobs)
        }
        while true {
            if try blobSize(digest, lease) == size { return nil }
            if cancellation.isCancelled { throw EngineError(.cancelled, "blob \(digest)", "cancelled") }
            let lock = try EngineError.explaining(path, doing: "opening it") {
                try FileLock(path, deadline: nil, cancellation: cancellation)
            }
            guard let lock else { continue }
            if try blobSize(digest, lease) == size {
                lock.remove(path)
                return nil
            }
            return try BlobIngest(lock, layout, digest, size: size)
        }
    }

    /// Removes partial blobs that nobody is writing: all, or those that were not touched for a day.
    func removePartialBlobs(all: Bool) {
        for name in (try? Files.list(layout.ingests)) ?? [] {
            let path = "\(layout.ingests)/\(name)"
            guard let file = try? Descriptor.open(path, O_RDWR | O_NOFOLLOW), let status = try? file.status(),
                all || time(nil) - status.st_mtim.tv_sec > 86_400
            else { continue }
            if let lock = try? FileLock(ifFree: file) { lock.remove(path) }
        }
    }
}
