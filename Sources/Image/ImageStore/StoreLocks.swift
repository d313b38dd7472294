internal import Archive
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Waits for the lock on a file; its error is told with the file.
func fileLock(_ path: String, _ kind: FileLock.Kind = .exclusive) throws(EngineError) -> FileLock {
    try EngineError.explaining(path, doing: "taking the lock") { try FileLock(path, kind) }
}
