internal import CLinux
internal import Glibc

/// The parts of stat(2) that matter for copying, and that tell whether a file is still the same.
struct FileStatus: Sendable, Hashable {
    var device: UInt64
    var inode: UInt64
    /// With the type.
    var mode: UInt32
    var uid: UInt32
    var gid: UInt32
    var links: UInt64
    var size: Int64
    var specialDevice: UInt64
    /// Nanoseconds since 1970.
    var modified: Int64
    var changed: Int64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        mode = status.st_mode
        uid = status.st_uid
        gid = status.st_gid
        links = UInt64(status.st_nlink)
        size = Int64(status.st_size)
        specialDevice = UInt64(status.st_rdev)
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
    }

    var type: UInt32 { mode & S_IFMT }
    var permissions: UInt32 { mode & 0o7777 }
    var isDirectory: Bool { type == S_IFDIR }
    var isFile: Bool { type == S_IFREG }
    var isSymbolicLink: Bool { type == S_IFLNK }
    var isSocket: Bool { type == S_IFSOCK }

    /// The same file, not written to in between. The time of change says nothing here: a new hard link alters it.
    func isSameContent(as other: FileStatus) -> Bool {
        inode == other.inode && device == other.device && size == other.size && modified == other.modified
    }

    var modification: timespec {
        var (seconds, rest) = modified.quotientAndRemainder(dividingBy: 1_000_000_000)
        if rest < 0 { (seconds, rest) = (seconds - 1, rest + 1_000_000_000) }
        return timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
    }
}
