internal import CLinux
public import EngineModel
internal import Glibc
public import LinuxSystem
internal import Primitives
public import StateStore
internal import SystemPackage

/// A directory below the data root for something that is being made. Its owner holds a lock on it, so that those of
/// dead processes are told from those in use.
public struct TemporaryDirectory: ~Copyable, Sendable {
    public let path: String
    /// The directory itself, open and locked.
    public let directory: Descriptor

    public init(_ layout: DataLayout) throws(EngineError) {
        var random = SystemRandomNumberGenerator()
        let name = String(random.next(), radix: 16)
        let path = "\(layout.temporary)/\(name)"
        self.path = path
        directory = try EngineError.explaining(path, doing: "making a temporary directory") {
            try Self.makeParent(layout.temporary)
            // The sweeper takes this lock before it looks, so that a directory is never seen without its lock.
            let sweeping = try Descriptor.open(layout.temporary, O_RDONLY | O_DIRECTORY)
            try systemCall { flock(sweeping.raw, LOCK_SH) }
            try systemCall { mkdir(path, 0o700) }
            let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
            try systemCall { flock(directory.raw, LOCK_EX) }
            return directory
        }
    }

    /// On ext4, finding a free inode is slow beside ones that were deleted within the last seconds, and a load after a
    /// removal is nothing unusual: each layer gets a block group of its own.
    static func makeParent(_ path: String) throws(Errno) {
        if Files.exists(path) { return }
        try Files.makeDirectories(path)
        let parent = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        _ = clinux_spread_directories(parent.raw)
    }

    /// Removes it, unless it was renamed into place.
    deinit { try? Files.removeTree(path) }

    /// Removes what dead processes left. Cheap when there is nothing.
    static func sweep(_ layout: DataLayout) {
        guard let names = try? Files.list(layout.temporary), !names.isEmpty,
            let sweeping = try? Descriptor.open(layout.temporary, O_RDONLY | O_DIRECTORY),
            flock(sweeping.raw, LOCK_EX | LOCK_NB) == 0
        else { return }
        for name in names {
            let path = "\(layout.temporary)/\(name)"
            guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else {
                unlink(path)
                continue
            }
            if flock(directory.raw, LOCK_EX | LOCK_NB) == 0 { try? Files.removeTree(path) }
        }
    }
}
