public import CLinux
internal import Glibc
public import LinuxSystem
public import SystemPackage

/// Makes the entries of a tree one at a time, each in an open directory. All that writes trees goes through it: the
/// unpacking of layers, the filling of volumes, COPY.
///
/// Names are one component and end with NUL; links are never followed. Any thread.
public struct TreeWriter: Sendable {
    /// What becomes of an entry that has the name already.
    public enum Collision: Sendable {
        /// It stays: EEXIST.
        case fails
        /// It goes, unless it is a directory: EISDIR.
        case replacesFiles
        /// It goes with everything in it.
        case replacesTrees
    }

    private let collision: Collision

    public init(_ collision: Collision) {
        self.collision = collision
    }

    /// A new empty file, open for reading and writing, with mode 0600.
    public func makeFile(_ name: [CChar], in directory: Int32) throws(Errno) -> Descriptor {
        Descriptor(
            owning: try place(name, in: directory) {
                openat($0, $1, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            })
    }

    /// - Parameter target: ends with NUL.
    public func makeSymbolicLink(
        _ name: [CChar], in directory: Int32, to target: [CChar], _ metadata: EntryMetadata
    ) throws(Errno) {
        _ = try place(name, in: directory) { symlinkat(target, $0, $1) }
        var times = metadata.times
        try systemCall { fchownat(directory, name, metadata.uid, metadata.gid, AT_SYMLINK_NOFOLLOW) }
        try systemCall { utimensat(directory, name, &times, AT_SYMLINK_NOFOLLOW) }
    }

    /// Another name of the file `source` in `sourceDirectory`.
    public func makeHardLink(
        _ name: [CChar], in directory: Int32, to source: [CChar], in sourceDirectory: Int32
    ) throws(Errno) {
        _ = try place(name, in: directory) { linkat(sourceDirectory, source, $0, $1, 0) }
    }

    /// A device, FIFO or socket.
    ///
    /// - Parameter type: `S_IFCHR` and its like.
    public func makeNode(
        _ name: [CChar], in directory: Int32, type: UInt32, device: UInt64, _ metadata: EntryMetadata
    ) throws(Errno) {
        _ = try place(name, in: directory) { mknodat($0, $1, type | 0o600, dev_t(device)) }
        let node = Descriptor(owning: try systemCall { openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC) })
        // The link in /proc leads to this very file and cannot be exchanged.
        let path = "/proc/self/fd/\(node.raw)"
        var times = metadata.times
        try systemCall { chown(path, metadata.uid, metadata.gid) }
        try systemCall { chmod(path, mode_t(metadata.mode)) }
        try systemCall { utimensat(AT_FDCWD, path, &times, 0) }
    }

    /// Makes a name with `make(directory, name)`, which returns -1 and sets errno when it fails.
    public func place(
        _ name: [CChar], in directory: Int32, _ make: (Int32, [CChar]) -> Int32
    ) throws(Errno) -> Int32 {
        let first = make(directory, name)
        if first != -1 { return first }
        let code = Errno(rawValue: errno)
        guard code == .fileExists else { throw code }
        switch collision {
        case .fails: throw code
        case .replacesFiles:
            if unlinkat(directory, name, 0) != 0, errno != ENOENT { throw Errno(rawValue: errno) }
        case .replacesTrees:
            let parent = Descriptor(owning: try systemCall { fcntl(directory, F_DUPFD_CLOEXEC, 3) })
            try Files.removeTree(at: name, in: parent)
        }
        return try systemCall { make(directory, name) }
    }
}

/// Owner, permissions and times of an entry.
public struct EntryMetadata: Sendable {
    /// Owner by number, in the host's user namespace.
    public var uid: UInt32
    /// Group by number, in the host's user namespace.
    public var gid: UInt32
    /// Permission bits with set-id and sticky.
    public var mode: UInt32
    /// mtime, to the nanosecond.
    public var modified: timespec
    /// nil leaves the time of the last access as it is.
    public var accessed: timespec?

    public init(uid: UInt32, gid: UInt32, mode: UInt32, modified: timespec, accessed: timespec? = nil) {
        self.uid = uid
        self.gid = gid
        self.mode = mode
        self.modified = modified
        self.accessed = accessed
    }

    /// All that an existing entry has.
    public init(_ status: stat) {
        self.init(
            uid: status.st_uid, gid: status.st_gid, mode: UInt32(status.st_mode & 0o7777), modified: status.st_mtim,
            accessed: status.st_atim)
    }

    /// As utimensat(2) takes them.
    var times: [timespec] { [accessed ?? timespec(tv_sec: 0, tv_nsec: UTIME_OMIT), modified] }

    /// The owner first: chown(2) clears set-id bits and capabilities, so attributes come after this.
    public func setOwnerAndMode(of file: Int32) throws(Errno) {
        try systemCall { fchown(file, uid, gid) }
        try systemCall { fchmod(file, mode_t(mode)) }
    }

    /// The last of all: writing to a file or a directory changes its time.
    public func setTimes(of file: Int32) throws(Errno) {
        var times = times
        try systemCall { futimens(file, &times) }
    }
}
