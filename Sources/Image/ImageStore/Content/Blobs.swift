internal import Archive
internal import CLinux
internal import Digests
public import EngineModel
internal import Glibc
public import ImageModel
public import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

extension ImageStore {
    /// Bytes of a blob, which the lease holds from now on; nil if there is none.
    public func blobSize(_ digest: Digest, _ lease: ContentLease) throws(EngineError) -> Int64? {
        try lease.hold([.blob(digest)])
        return blobSize(digest)
    }

    func blobSize(_ digest: Digest) -> Int64? {
        var status = stat()
        return lstat(layout.blob(digest.hex), &status) == 0 ? Int64(status.st_size) : nil
    }

    /// A blob, open for reading; `.notFound` if there is none.
    public func openBlob(_ digest: Digest) throws(EngineError) -> Descriptor {
        do throws(Errno) {
            return try Descriptor.open(layout.blob(digest.hex), O_RDONLY | O_NOFOLLOW)
        } catch {
            let code: EngineError.Code = error == .noSuchFileOrDirectory ? .notFound : .system
            throw EngineError(code, "blob \(digest)", "opening it: \(error.description)")
        }
    }

    /// A small blob's bytes, checked against their digest. More than `limit` bytes are an error.
    public func blob(_ digest: Digest, limit: Int) throws(EngineError) -> [UInt8] {
        let file = try openBlob(digest)
        let bytes = try EngineError.explaining("blob \(digest)", doing: "reading it") { try file.readAll(limit: limit) }
        guard SHA256.hex(of: bytes) == digest.hex else {
            throw EngineError(
                .system, "blob \(digest)", "its content was changed on disk",
                hint: "`compose image rm` the image and pull or load it again")
        }
        return bytes
    }

    /// Adds a small blob, held by the lease; it appears completely or not at all.
    @discardableResult
    public func add(blob bytes: [UInt8], _ lease: ContentLease) throws(EngineError) -> Digest {
        let hex = SHA256.hex(of: bytes)
        guard let digest = Digest(hex: hex) else { throw EngineError(.system, "blob \(hex)", "not a digest") }
        if try blobSize(digest, lease) == Int64(bytes.count), (try? blob(digest, limit: bytes.count)) != nil {
            return digest
        }
        try EngineError.explaining("blob \(digest)", doing: "writing it") {
            try Files.makeDirectories(layout.blobs)
            try Files.replace(layout.blob(hex), with: bytes, durable: true)
        }
        return digest
    }
}
