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

/// Waits for the lock on a file; its error is told with the file.
func fileLock(_ path: String, _ kind: FileLock.Kind = .exclusive) throws(EngineError) -> FileLock {
    try system(path, "taking the lock") { () throws(Errno) in try FileLock(path, kind) }
}
