public import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Volumes with their directories: made and removed so that a volume never comes back with the data of an earlier one,
/// wherever a command is killed or the machine loses its power.
///
/// Record and directory change together under a lock of the directory of all volumes. A removed directory is first moved
/// to a place where no volume can be; only what is there is ever deleted. Of each pair of steps the disk has the first
/// before the second is made.
///
/// A container's own volumes are recorded and forgotten in one transaction with the container. A directory of such a name
/// without a record is in the making, by who holds its lock, or nobody's.
public struct VolumeFiles: Sendable {
    private let store: StateStore
    private var folder: String { store.layout.volumes }
    /// Volumes' names begin with a letter or a digit.
    private var removed: String { folder + "/.removed" }

    public init(_ store: StateStore) {
        self.store = store
    }

    /// Makes the directory, empty, and then the record. Fails with `.conflict` when the name is taken, and with
    /// `.unavailable` when files without a record lie there: they are somebody's, but not this volume's.
    public func make(_ volume: Volume) throws(EngineError) {
        let lock = try lock(volume.name)
        defer { lock.unlock() }
        if try store.volume(named: volume.name) == nil {
            try makeDirectory(volume.name)
            if !volume.anonymous { try syncNames(volume.name) }
        }
        try store.insert(volume)
    }

    /// Makes the directory of a container's own volume. Its record is the caller's to write.
    public func prepare(_ volume: Volume) throws(EngineError) -> PreparedVolume {
        let lock = try lock(volume.name)
        defer { lock.unlock() }
        try makeDirectory(volume.name)
        do throws(Errno) {
            return PreparedVolume(volume, try FileLock(try Descriptor.open(path(volume.name), O_RDONLY | O_DIRECTORY)))
        } catch {
            throw failure(error, volume.name, "its directory cannot be locked")
        }
    }

    /// Moves the directory out of the way, forgets the record, and deletes the files. What is gone already is no error.
    public func remove(_ name: String) throws(EngineError) {
        try discard(name)
        try delete(name)
        removeEmptyTrash(name)
    }

    /// What commands left that were killed while they made or removed volumes. Cheap when there is nothing.
    public func remains() throws(EngineError) -> [VolumeRemains] {
        let removed = ((try? Files.list(removed)) ?? []).map { VolumeRemains(name: $0, path: "\(self.removed)/\($0)") }
        let own = ((try? Files.list(folder)) ?? []).filter(Self.isOwnName)
        if own.isEmpty { return removed }
        let known = Set(try store.volumes().map(\.name))
        return removed
            + own.filter { !known.contains($0) && !isInTheMaking($0) }.map { VolumeRemains(name: $0, path: path($0)) }
    }

    /// Deletes what ``remains()`` finds, and puts back what was not yet forgotten.
    public func sweep() throws(EngineError) {
        for remains in try remains() {
            let name = remains.name
            let lock = try lock(name)
            defer { lock.unlock() }
            defer { rmdir(removed) }
            let isKnown = try store.volume(named: name) != nil
            if remains.path == path(name) {
                if !isKnown, !isInTheMaking(name) { try moveAway(name) }
            } else if isKnown, rename(remains.path, path(name)) == 0 {
                continue
            }
            try delete(name)
        }
    }

    /// As a container's own volumes are called.
    private static func isOwnName(_ name: String) -> Bool {
        name.utf8.count == 64 && name.utf8.allSatisfy(\.isLowerHex)
    }

    private func isInTheMaking(_ name: String) -> Bool {
        guard let directory = try? Descriptor.open(path(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return true }
        return (try? FileLock(ifFree: directory)) == nil
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Nothing stays behind when the last removed volume is deleted. Under the lock, for ``moveAway(_:)`` makes it.
    private func removeEmptyTrash(_ name: String) {
        guard let lock = try? lock(name) else { return }
        rmdir(removed)
        lock.unlock()
    }

    /// The steps of ``remove(_:)`` before the files are deleted: the volume is gone.
    func discard(_ name: String) throws(EngineError) {
        let lock = try lock(name)
        defer { lock.unlock() }
        // What another removal of this name left is older than what there is now.
        try delete(name)
        try moveAway(name)
        try syncNames(name)
        try store.removeVolume(name: name)
    }

    private func syncNames(_ name: String) throws(EngineError) {
        do throws(Errno) {
            try Files.syncDirectory(folder)
        } catch {
            throw failure(error, name, "its directory cannot be written to the disk")
        }
    }

    /// The first step alone: the directory lies among the removed ones.
    func moveAway(_ name: String) throws(EngineError) {
        do throws(Errno) {
            try Files.makeDirectories(removed)
            if rename(path(name), "\(removed)/\(name)") == 0 || errno == ENOENT { return }
            throw Errno(rawValue: errno)
        } catch {
            throw failure(error, name, "its files cannot be moved away")
        }
    }

    private func delete(_ name: String) throws(EngineError) {
        do throws(Errno) {
            try Files.removeTree("\(removed)/\(name)")
        } catch {
            throw failure(error, name, "its files cannot be removed")
        }
    }

    private func makeDirectory(_ name: String) throws(EngineError) {
        let data = store.layout.volumeData(name)
        do throws(Errno) {
            try Files.makeDirectories(data, mode: 0o755)
            if try Files.list(data).isEmpty { return }
        } catch {
            throw failure(error, name, "its directory cannot be made")
        }
        throw EngineError(
            .unavailable, "volume \(name)", "\(data) holds files that belong to no volume",
            hint: "move them elsewhere or delete them")
    }

    private func lock(_ name: String) throws(EngineError) -> FileLock {
        do throws(Errno) {
            try Files.makeDirectories(folder, mode: 0o711)
            return try FileLock(try Descriptor.open(folder, O_RDONLY | O_DIRECTORY))
        } catch {
            throw failure(error, name, "the directory of volumes cannot be locked")
        }
    }

    private func failure(_ error: Errno, _ name: String, _ action: String) -> EngineError {
        EngineError(
            error == .noSpace ? .noSpace : error == .permissionDenied ? .permission : .system, "volume \(name)",
            "\(action): \(error)")
    }
}

/// The directory of a container's own volume before it is recorded. Let go of it when the record is written, or after
/// the volume was removed.
public final class PreparedVolume: Sendable {
    /// What is to be recorded.
    public let volume: Volume
    private let lock: FileLock

    fileprivate init(_ volume: Volume, _ lock: consuming FileLock) {
        self.volume = volume
        self.lock = lock
    }
}

/// A directory of a volume that belongs to none.
public struct VolumeRemains: Sendable, Hashable {
    /// The volume's name, when there was one.
    public var name: String
    /// The directory.
    public var path: String
}
