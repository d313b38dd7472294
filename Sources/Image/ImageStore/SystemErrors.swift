internal import Archive
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import SystemPackage

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

/// Runs what reports wrong documents and references.
func converting<Result>(_ body: () throws(ImageFormatError) -> Result) throws(EngineError) -> Result {
    do throws(ImageFormatError) {
        return try body()
    } catch {
        throw EngineError(error.code == .unsupported ? .unsupported : .invalid, error.subject, error.reason)
    }
}

/// Runs what reads or writes archives; `subject` is the archive's name.
func archiving<Result: ~Copyable>(
    _ subject: String, _ body: () throws(ArchiveError) -> Result
) throws(EngineError) -> Result {
    do throws(ArchiveError) {
        return try body()
    } catch {
        let code: EngineError.Code =
            switch error.code {
            case .malformed, .unsafe, .limit: .invalid
            case .noSpace: .noSpace
            case .system: .system
            }
        throw EngineError(code, subject, error.description)
    }
}

/// A lock between processes and threads: held while the value lives (flock(2)), and let go by the kernel if the
/// process dies.
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
