internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import StateStore
internal import SystemPackage

/// The directory of a container in the making, locked (flock(2)) until its record is there, so that what a killed
/// command began is told from what is still being made.
struct ContainerDirectory: ~Copyable {
    private let lock: Descriptor

    init(_ id: String, _ layout: DataLayout) throws(Errno) {
        let path = layout.container(id)
        try Files.makeDirectories(layout.containers)
        // The sweeper takes this lock before it looks, so that a directory is never seen without its own.
        let sweeping = try Descriptor.open(layout.containers, O_RDONLY | O_DIRECTORY)
        try systemCall { flock(sweeping.raw, LOCK_SH) }
        try Files.makeDirectories(path)
        let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        try systemCall { flock(directory.raw, LOCK_EX) }
        try Files.makeDirectories(path + "/upper", mode: 0o755)
        try Files.makeDirectories(path + "/work")
        lock = directory
    }

    /// Removes the directories that commands left which were killed before they had recorded their container.
    static func sweep(_ store: StateStore) {
        let layout = store.layout
        guard let names = try? Files.list(layout.containers), !names.isEmpty,
            let sweeping = try? Descriptor.open(layout.containers, O_RDONLY | O_DIRECTORY),
            flock(sweeping.raw, LOCK_EX | LOCK_NB) == 0
        else { return }
        for name in names {
            // Looked up after the lock is there: a maker records its container before it lets go.
            let path = layout.container(name)
            guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
                flock(directory.raw, LOCK_EX | LOCK_NB) == 0, !isKnown(name, store)
            else { continue }
            try? Files.removeTree(path)
        }
    }

    private static func isKnown(_ id: String, _ store: StateStore) -> Bool {
        do throws(EngineError) {
            return try store.container(id: id) != nil
        } catch {
            return true
        }
    }
}
