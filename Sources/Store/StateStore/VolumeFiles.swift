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

    /// Moves the directory out of the way, forgets the record, and deletes the files. What is gone already is no error.
    public func remove(_ name: String) throws(EngineError) {
        try discard(name)
        try delete(name)
        removeEmptyTrash(name)
    }

    /// Deletes what commands left that were killed while they removed a volume, and puts back what they had not yet
    /// forgotten. Cheap when there is nothing.
    public func sweep() throws(EngineError) {
        for name in (try? Files.list(removed)) ?? [] {
            let lock = try lock(name)
            defer { lock.unlock() }
            if try store.volume(named: name) != nil, rename("\(removed)/\(name)", "\(folder)/\(name)") == 0 { continue }
            try delete(name)
        }
    }

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
            if rename("\(folder)/\(name)", "\(removed)/\(name)") == 0 || errno == ENOENT { return }
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
