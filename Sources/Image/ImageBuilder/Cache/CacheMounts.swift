internal import Archive
internal import Digests
internal import Dockerfile
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// The directories of cache mounts: `mounts/NAME/data`, where NAME is made of the id; `NAME.1` and so on hold what
/// `sharing=private` needs besides. Who uses one has a lock on its directory, shared or alone.
struct CacheMounts: Sendable {
    let cache: BuildCache

    /// The right to use a directory, while it lives.
    final class Claim: Sendable {
        let path: String
        private let lock: FileLock

        init(path: String, lock: consuming FileLock) {
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
            if let claim = try claim(directory, use, cancellation, fill) { return claim }
            if use.sharing == .private { number += 1 }
            if cancellation.isCancelled { throw EngineError(.cancelled, "build", "it was cancelled") }
        }
    }

    /// nil when it was cancelled, when the directory was pruned meanwhile, and when a private one is in use.
    private func claim(
        _ directory: String, _ use: CacheMountUse, _ cancellation: Cancellation,
        _ fill: (String) throws(EngineError) -> Void
    ) throws(EngineError) -> Claim? {
        let data = "\(directory)/data"
        let kind: FileLock.Kind = use.sharing == .shared ? .shared : .exclusive
        if !Files.exists(data) {
            // Whoever is first makes it; the others wait until it is complete.
            guard let lock = try lock(directory, .exclusive, cancellation), Files.exists(directory) else { return nil }
            if !Files.exists(data) { try make(directory, use, fill) }
            let stays = try EngineError.explaining(directory, doing: "locking it") { try lock.change(to: kind) }
            return stays ? claim(directory, lock) : nil
        }
        // A private one that is in use is left alone for the next; a locked one is waited for.
        let lock =
            use.sharing == .private
            ? try EngineError.explaining(directory, doing: "locking it") {
                try FileLock(ifFree: try Descriptor.open(directory, O_RDONLY | O_DIRECTORY), kind)
            } : try lock(directory, kind, cancellation)
        guard let lock else { return nil }
        return claim(directory, lock)
    }

    private func claim(_ directory: String, _ lock: consuming FileLock) -> Claim? {
        let data = "\(directory)/data"
        guard Files.exists(data) else { return nil }
        utimes(directory, nil)
        return Claim(path: data, lock: lock)
    }

    private func lock(
        _ directory: String, _ kind: FileLock.Kind, _ cancellation: Cancellation
    ) throws(EngineError) -> FileLock? {
        try EngineError.explaining(directory, doing: "making the cache mount") {
            try Files.makeDirectories(directory)
            return try FileLock(
                try Descriptor.open(directory, O_RDONLY | O_DIRECTORY), kind, deadline: nil,
                cancellation: cancellation)
        }
    }

    private func make(
        _ directory: String, _ use: CacheMountUse, _ fill: (String) throws(EngineError) -> Void
    ) throws(EngineError) {
        let temporary = "\(directory)/new"
        try EngineError.explaining(directory, doing: "making the cache mount") {
            try Files.removeTree(temporary)
            try systemCall { mkdir(temporary, 0o755) }
            try Files.replace("\(directory)/id", with: Array(use.id.utf8))
        }
        try fill(temporary)
        try EngineError.explaining(directory, doing: "making the cache mount") {
            try systemCall { chown(temporary, use.uid, use.gid) }
            try systemCall { chmod(temporary, use.mode) }
            try systemCall { rename(temporary, "\(directory)/data") }
        }
    }
}
