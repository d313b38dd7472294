internal import CLinux
internal import Glibc
public import SystemPackage

/// A folder of directories in the making. Who makes one holds a lock on it (flock(2)), which the kernel lets go of when
/// he dies: so the directories of dead processes are told from those in use, and ``sweep(except:)`` removes them.
///
/// A value; any thread and any number of processes may use the same folder.
public struct TemporaryDirectories: Sendable, Hashable {
    /// The folder itself; it need not exist yet.
    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    /// Makes the folder itself if it is missing.
    ///
    /// On ext4, finding a free inode is slow beside ones that were deleted within the last seconds, and making something
    /// large right after a removal is nothing unusual: each directory gets a block group of its own.
    public func prepare() throws(Errno) {
        if Files.exists(path) { return }
        try Files.makeDirectories(path)
        let folder = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        _ = clinux_spread_directories(folder.raw)
    }

    /// Makes a directory, mode 0700; EEXIST if the name is taken.
    ///
    /// - Parameter name: nil for one that nobody has.
    public func make(_ name: String? = nil) throws(Errno) -> TemporaryDirectory {
        try prepare()
        // The sweeper takes this lock before it looks, so that a directory is never seen without its own.
        let folder = try FileLock(try Descriptor.open(path, O_RDONLY | O_DIRECTORY), .shared)
        defer { folder.unlock() }
        let path = "\(self.path)/\(name ?? String(UInt64.random(in: UInt64.min...UInt64.max), radix: 16))"
        try systemCall { mkdir(path, 0o700) }
        return TemporaryDirectory(
            path: path, lock: try FileLock(try Descriptor.open(path, O_RDONLY | O_DIRECTORY)))
    }

    /// Names of the directories that nobody holds.
    public func abandoned() -> [String] {
        ((try? Files.list(path)) ?? []).filter { name in
            guard
                let directory = try? Descriptor.open("\(path)/\(name)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
                let lock = try? FileLock(ifFree: directory)
            else { return false }
            lock.unlock()
            return true
        }
    }

    /// Removes what dead processes left. Cheap when there is nothing; does nothing while somebody makes a directory.
    ///
    /// - Parameter isKept: asked with the name of a directory that nobody holds. Whoever wants to leave his where it is
    ///   makes this answer true before he lets go.
    public func sweep(except isKept: (String) -> Bool = { _ in false }) {
        guard let names = try? Files.list(path), !names.isEmpty,
            let folder = try? FileLock(ifFree: try Descriptor.open(path, O_RDONLY | O_DIRECTORY))
        else { return }
        defer { folder.unlock() }
        for name in names {
            let path = "\(self.path)/\(name)"
            guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else {
                unlink(path)
                continue
            }
            guard let lock = try? FileLock(ifFree: directory) else { continue }
            defer { lock.unlock() }
            if isKept(name) { continue }
            try? Files.removeTree(path)
        }
    }
}

/// A directory of ``TemporaryDirectories``, locked. It is removed with this value, unless it was renamed or ``keep()``
/// was called.
public struct TemporaryDirectory: ~Copyable, Sendable {
    /// As it was made: its place in the folder, even if it was renamed since.
    public let path: String
    /// On the directory itself, which is its ``FileLock/file``.
    public let lock: FileLock
    private var isKept = false

    fileprivate init(path: String, lock: consuming FileLock) {
        self.path = path
        self.lock = lock
    }

    deinit {
        if !isKept { try? Files.removeTree(path) }
    }

    /// Leaves it where it is and lets go of the lock.
    public consuming func keep() {
        isKept = true
    }
}
