internal import Archive
internal import Engine
internal import Glibc
internal import LinuxSystem
internal import OCIImage
internal import StateStore
internal import SystemPackage

extension ImageStore {
    /// A blob's bytes, checked against their digest.
    func readBlob(_ digest: Digest, limit: Int) throws(EngineError) -> [UInt8] {
        let bytes = try system("blob \(digest)", "reading it") { () throws(Errno) in
            try Files.read(layout.blob(digest.hex), limit: limit)
        }
        guard SHA256.hex(of: bytes) == digest.hex else {
            throw EngineError(.system, "blob \(digest)", "its content was changed on disk")
        }
        return bytes
    }

    func writeBlob(_ bytes: [UInt8]) throws(EngineError) -> Digest {
        let hex = SHA256.hex(of: bytes)
        guard let digest = Digest(hex: hex) else { throw EngineError(.system, "blob \(hex)", "not a digest") }
        if Files.exists(layout.blob(hex)) { return digest }
        try system("blob \(digest)", "writing it") { () throws(Errno) in
            try Files.makeDirectories(layout.blobs)
            try Files.replace(layout.blob(hex), with: bytes, durable: true)
        }
        return digest
    }
}

/// Runs system calls; their error is told with what was being done to what.
@discardableResult
func system<Result: ~Copyable>(
    _ subject: String, _ what: String, _ body: () throws(Errno) -> Result
) throws(EngineError) -> Result {
    do throws(Errno) {
        return try body()
    } catch {
        let code: EngineError.Code =
            switch error {
            case .noSpace, .diskQuotaExceeded: .noSpace
            case .permissionDenied, .notPermitted: .permission
            default: .system
            }
        throw EngineError(code, subject, "\(what): \(error.description)")
    }
}

/// A lock between processes: held while the value lives (flock(2)), and let go by the kernel if the process dies.
struct FileLock: ~Copyable {
    private let file: Descriptor

    /// Waits for the lock.
    init(_ path: String, shared: Bool = false) throws(EngineError) {
        file = try system(path, "taking the lock") { () throws(Errno) in
            let file = try Descriptor.open(path, O_RDWR | O_CREAT)
            try systemCall { flock(file.raw, shared ? LOCK_SH : LOCK_EX) }
            return file
        }
    }
}
