internal import Archive
internal import Digests
internal import Dockerfile
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import StateStore
internal import SystemPackage

/// The directories of cache mounts: `mounts/NAME/data`, where NAME is made of the id; `NAME.1` and so on hold what
/// `sharing=private` needs besides. Who uses one has a lock on its directory, shared or alone.
struct CacheMounts: Sendable {
    let cache: BuildCache

    /// The right to use a directory, while it lives.
    final class Claim: Sendable {
        let path: String
        private let lock: Descriptor

        init(path: String, lock: consuming Descriptor) {
            self.path = path
            self.lock = lock
        }
    }

    /// Finds or makes the directory.
    ///
    /// - Parameter fill: gives a new directory its first content.
    func claim(
        _ use: CacheMountUse, cancellation: Cancellation, fill: (String) throws(EngineError) -> Void
    ) throws(EngineError) -> Claim {
        let name = String(SHA256.hex(of: Array(use.id.utf8)).prefix(32))
        var number = 0
        while true {
            let directory = "\(cache.mountsRoot)/\(name)" + (number == 0 ? "" : ".\(number)")
            if let claim = try claim(directory, use, fill) { return claim }
            // A private one that is in use is left alone for the next; a locked one is waited for.
            if use.sharing == .private { number += 1 } else { usleep(10_000) }
            if cancellation.isCancelled { throw EngineError(.cancelled, "build", "it was cancelled") }
        }
    }

    private func claim(
        _ directory: String, _ use: CacheMountUse, _ fill: (String) throws(EngineError) -> Void
    ) throws(EngineError) -> Claim? {
        let data = "\(directory)/data"
        let lock = try system(directory, "making the cache mount") { () throws(Errno) in
            try Files.makeDirectories(directory)
            return try Descriptor.open(directory, O_RDONLY | O_DIRECTORY)
        }
        if !Files.exists(data) {
            // Whoever is first makes it; the others wait until it is complete.
            guard flock(lock.raw, LOCK_EX) == 0, Files.exists(directory) else { return nil }
            if !Files.exists(data) { try make(directory, use, fill) }
        }
        let operation = use.sharing == .shared ? LOCK_SH : LOCK_EX
        guard flock(lock.raw, operation | LOCK_NB) == 0, Files.exists(data) else { return nil }
        utimes(directory, nil)
        return Claim(path: data, lock: lock)
    }

    private func make(
        _ directory: String, _ use: CacheMountUse, _ fill: (String) throws(EngineError) -> Void
    ) throws(EngineError) {
        let temporary = "\(directory)/new"
        try system(directory, "making the cache mount") { () throws(Errno) in
            try Files.removeTree(temporary)
            try systemCall { mkdir(temporary, 0o755) }
            try Files.replace("\(directory)/id", with: Array(use.id.utf8))
        }
        try fill(temporary)
        try system(directory, "making the cache mount") { () throws(Errno) in
            try systemCall { chown(temporary, use.uid, use.gid) }
            try systemCall { chmod(temporary, use.mode) }
            try systemCall { rename(temporary, "\(directory)/data") }
        }
    }
}
