internal import Archive
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Waits for a lock on a file that others hold for moments; its error is told with the file.
func fileLock(_ path: String, _ kind: FileLock.Kind = .exclusive) throws(EngineError) -> FileLock {
    try EngineError.explaining(path, doing: "taking the lock") { try FileLock(path, kind) }
}

/// The same for a lock that others hold while they work: it is waited for as long as that takes.
func workLock(_ path: String) throws(EngineError) -> FileLock {
    let lock = try EngineError.explaining(path, doing: "taking the lock") { try FileLock(path, deadline: nil) }
    guard let lock else { throw EngineError(.cancelled, path, "taking the lock was cancelled") }
    return lock
}
