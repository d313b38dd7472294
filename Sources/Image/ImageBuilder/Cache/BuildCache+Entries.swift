internal import CLinux
public import EngineModel
internal import Glibc
internal import LinuxSystem
public import Primitives
internal import StateStore
internal import SystemPackage

extension BuildCache {
    /// Everything in the cache, the results that were used last first, then the cache mounts.
    public func entries() throws(EngineError) -> [BuildCacheEntry] {
        var counted: Set<String> = []
        let results = try state.buildSteps().map { step in
            // Several keys lead to one layer.
            let isNew = !step.layer.isEmpty && counted.insert(step.layer).inserted
            return BuildCacheEntry(
                id: step.key, kind: .regular, description: step.instruction, layer: step.layer,
                size: isNew ? step.size : 0, made: step.made, used: step.used, inUse: false)
        }
        return results + mounts()
    }

    /// Forgets what was not used since `time`, or everything, and removes the directories of cache mounts that no
    /// build uses now. Layers go with the next pruning of images.
    ///
    /// - Parameter layers: digests; results that are one of these are kept.
    /// - Returns: what was removed.
    public func prune(
        notUsedSince time: Instant? = nil, keeping layers: Set<String> = []
    ) throws(EngineError) -> [BuildCacheEntry] {
        let old = try entries().filter { entry in
            !layers.contains(entry.layer) && time.map { entry.used < $0 } ?? true
        }
        try state.removeBuildSteps(old.filter { $0.kind == .regular }.map(\.id))
        return old.filter { $0.kind == .regular || removeMount($0.id) }
    }

    private func mounts() -> [BuildCacheEntry] {
        ((try? Files.list(mountsRoot)) ?? []).compactMap { name in
            let path = "\(mountsRoot)/\(name)"
            guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
                let status = try? directory.status()
            else { return nil }
            let isFree = (try? FileLock(ifFree: directory)) != nil
            let used = Instant(
                nanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
            return BuildCacheEntry(
                id: name, kind: .cacheMount, description: Files.text("\(path)/id") ?? name, size: bytes(below: path),
                made: used, used: used, inUse: !isFree)
        }
    }

    /// false while a build uses it.
    private func removeMount(_ name: String) -> Bool {
        let path = "\(mountsRoot)/\(name)"
        guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
            let lock = try? FileLock(ifFree: directory)
        else { return false }
        defer { lock.unlock() }
        // Who waits for the lock looks for `data` afterwards, and makes it anew.
        return (try? Files.removeTree(path)) != nil
    }

    /// Bytes of the files below a directory, links not followed.
    private func bytes(below path: String) -> Int64 {
        guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return 0 }
        return bytes(below: directory)
    }

    private func bytes(below directory: borrowing Descriptor) -> Int64 {
        var sum: Int64 = 0
        for name in (try? Files.names(in: directory)) ?? [] {
            var status = stat()
            guard fstatat(directory.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                let child = openat(directory.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                if child >= 0 { sum += bytes(below: Descriptor(owning: child)) }
            } else {
                sum += Int64(status.st_size)
            }
        }
        return sum
    }
}
