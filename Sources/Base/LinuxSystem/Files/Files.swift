internal import CLinux
internal import Glibc
public import SystemPackage

/// Whole files, by path. For places that only we write to: never for paths below a container's or a layer's root.
public enum Files {
    public static func read(_ path: String, limit: Int = 64 << 20) throws(Errno) -> [UInt8] {
        try Descriptor.open(path, O_RDONLY).readAll(limit: limit)
    }

    /// The file's text, invalid UTF-8 repaired; nil if it cannot be read.
    public static func text(_ path: String) -> String? {
        guard let bytes = try? read(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes to a kernel file or over an existing file, in one write.
    public static func write(_ text: String, to path: String) throws(Errno) {
        let file = try Descriptor.open(path, O_WRONLY)
        try file.writeAll(Array(text.utf8))
    }

    /// Blocks until the text of a kernel file satisfies `condition`. For files whose changes the kernel tells
    /// (`POLLPRI`), such as `cgroup.events`.
    ///
    /// - Parameter deadline: monotonic nanoseconds.
    /// - Returns: false if the deadline passed first.
    public static func wait(
        for path: String, deadline: Int64, until condition: (String) -> Bool
    ) throws(Errno) -> Bool {
        let file = try Descriptor.open(path, O_RDONLY)
        while true {
            // Reading from the beginning is what the next poll(2) begins at.
            try systemCall { lseek(file.raw, 0, SEEK_SET) }
            if condition(String(decoding: try file.readAll(), as: UTF8.self)) { return true }
            let left = deadline - monotonicNanoseconds()
            if left <= 0 { return false }
            var watched = pollfd(fd: file.raw, events: Int16(POLLPRI), revents: 0)
            _ = poll(&watched, 1, Int32(min(left / 1_000_000 + 1, 60_000)))
        }
    }

    /// Makes `path` hold `bytes`, or leaves it as it was: temporary file, then rename. `durable` also survives power loss.
    public static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600, durable: Bool = false)
        throws(Errno)
    {
        let temporary = "\(path).\(getpid()).\(monotonicNanoseconds()).tmp"
        do throws(Errno) {
            let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try file.writeAll(bytes)
            try systemCall { fchmod(file.raw, mode) }
            if durable { try systemCall { fsync(file.raw) } }
            try systemCall { rename(temporary, path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes everything of the file system that `path` lies on to the disk (syncfs(2)): what was written there before,
    /// by whomever, survives the loss of power.
    public static func syncFileSystem(of path: String) throws(Errno) {
        let file = try Descriptor.open(path, O_RDONLY)
        try systemCall { clinux_syncfs(file.raw) }
    }

    /// Makes the names in a directory survive the loss of power (fsync(2)).
    public static func syncDirectory(_ path: String) throws(Errno) {
        let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        try systemCall { fsync(directory.raw) }
    }

    /// Makes the directory and its parents; existing ones stay as they are.
    public static func makeDirectories(_ path: String, mode: UInt32 = 0o700) throws(Errno) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw Errno(rawValue: errno)
        }
        try makeDirectories(String(path[..<slash]), mode: mode)
        if mkdir(path, mode) != 0 && errno != EEXIST { throw Errno(rawValue: errno) }
    }

    /// Whether there is something of this name; links are not followed.
    public static func exists(_ path: String) -> Bool {
        faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// How many bytes an ordinary user could still write to the file system that `directory` lies on; nil if that cannot
    /// be told.
    public static func availableBytes(in directory: borrowing Descriptor) -> UInt64? {
        var status = statvfs()
        guard fstatvfs(directory.raw, &status) == 0 else { return nil }
        let bytes = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return bytes.overflow ? .max : bytes.partialValue
    }

    /// An absolute path with all links followed (realpath(3)). ENOENT if it leads nowhere.
    public static func resolved(_ path: String) throws(Errno) -> String {
        guard let resolved = realpath(path, nil) else { throw Errno(rawValue: errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Names in a directory without `.` and `..`, sorted.
    public static func list(_ path: String) throws(Errno) -> [String] {
        guard let directory = opendir(path) else { throw Errno(rawValue: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Names in an open directory without `.` and `..`, as bytes that end with NUL, in no order.
    ///
    /// - Parameter limit: how many are wanted at most, of a directory that somebody else filled.
    public static func names(
        in directory: borrowing Descriptor, atMost limit: Int = .max
    ) throws(Errno) -> [[CChar]] {
        guard let stream = opendir("/proc/self/fd/\(directory.raw)") else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
            }
            if name != [0x2e] && name != [0x2e, 0x2e] { names.append(name + [0]) }
        }
        return names
    }

    /// Names in an open directory.
    public static func list(_ directory: borrowing Descriptor) throws(Errno) -> [String] {
        try list("/proc/self/fd/\(directory.raw)")
    }
}
