internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A lock between processes and threads on a file of its own, which is gone when nobody holds or wants it. Waiting for
/// it can be cancelled. The kernel lets go of it when its holder dies.
struct WaitingLock: ~Copyable {
    private let path: String
    private let file: Descriptor

    /// Waits for the lock.
    init(_ path: String, cancellation: Cancellation) throws(EngineError) {
        while true {
            if let lock = try WaitingLock(ifFree: path) {
                self = lock
                return
            }
            if cancellation.isCancelled { throw EngineError(.cancelled, "build", "it was cancelled") }
            // flock(2) cannot be waited for with a way out; who holds it is at work for much longer than this.
            usleep(10_000)
        }
    }

    /// nil while another holds it.
    init?(ifFree path: String) throws(EngineError) {
        do throws(Errno) {
            let file = try Self.open(path)
            guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else { return nil }
            // The last holder may have removed the file after it was opened here.
            var there = stat()
            let status = try file.status()
            guard lstat(path, &there) == 0, there.st_ino == status.st_ino, there.st_dev == status.st_dev else {
                return nil
            }
            self.path = path
            self.file = file
        } catch {
            throw EngineError(.system, path, "taking the lock: \(error.description)")
        }
    }

    private init(path: String, file: consuming Descriptor) {
        self.path = path
        self.file = file
    }

    deinit { unlink(path) }

    private static func open(_ path: String) throws(Errno) -> Descriptor {
        do throws(Errno) {
            return try Descriptor.open(path, O_RDWR | O_CREAT)
        } catch {
            guard error == .noSuchFileOrDirectory, let slash = path.lastIndex(of: "/") else { throw error }
            try Files.makeDirectories(String(path[..<slash]))
            return try Descriptor.open(path, O_RDWR | O_CREAT)
        }
    }
}
