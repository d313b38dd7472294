public import CLinux
internal import Glibc
public import SystemPackage

/// An open file descriptor with one owner, who closes it by letting go of it.
///
/// Everything is opened close-on-exec. Moving the value moves the ownership; ``take()`` gives the bare number away to
/// C or to another process. Not tied to a thread.
public struct Descriptor: ~Copyable, Sendable {
    /// The number, for system calls while the owner is alive.
    public let raw: Int32

    /// Takes over `raw`, which nobody else may close from now on.
    public init(owning raw: Int32) {
        self.raw = raw
    }

    deinit { close(raw) }

    /// Ends the ownership without closing.
    public consuming func take() -> Int32 {
        let number = raw
        discard self
        return number
    }

    /// Another descriptor of the same open file, close-on-exec and not below 3 (fcntl(2)).
    public borrowing func duplicate() throws(Errno) -> Descriptor {
        Descriptor(owning: try systemCall { fcntl(raw, F_DUPFD_CLOEXEC, 3) })
    }

    /// open(2) with `O_CLOEXEC`. `flags` such as `O_RDONLY | O_NOFOLLOW`.
    public static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o600) throws(Errno) -> Descriptor {
        Descriptor(owning: try systemCall { Glibc.open(path, flags | O_CLOEXEC, mode) })
    }

    /// openat(2) with `O_CLOEXEC`, relative to this directory.
    public borrowing func open(at path: String, _ flags: Int32, mode: UInt32 = 0o600) throws(Errno) -> Descriptor {
        Descriptor(owning: try systemCall { openat(raw, path, flags | O_CLOEXEC, mode) })
    }

    /// openat2(2) relative to this directory with rules for resolving the path.
    public borrowing func open(
        at path: String, _ flags: Int32, mode: UInt64 = 0, resolve: PathResolution
    ) throws(Errno) -> Descriptor {
        let bits = UInt64(UInt32(bitPattern: flags))
        return Descriptor(owning: try systemCall { clinux_openat2(raw, path, bits, mode, resolve.rawValue) })
    }

    /// Opens a regular file for reading, in a tree that is not trusted: see ``openAsRegularFile()``.
    public borrowing func openRegularFile(
        at path: String, following: Bool = true, resolve: PathResolution
    ) throws(Errno) -> Descriptor {
        try open(at: path, O_PATH | (following ? 0 : O_NOFOLLOW), resolve: resolve).openAsRegularFile()
    }

    /// What this place (`O_PATH`) holds, open for reading. It is looked at first: opening alone does something to a
    /// device, and waits for the other end of a FIFO.
    ///
    /// - Throws: EINVAL when it is not a regular file.
    public borrowing func openAsRegularFile() throws(Errno) -> Descriptor {
        guard try status().st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
        return try Self.open("/proc/self/fd/\(raw)", O_RDONLY)
    }

    /// A pipe, close-on-exec.
    public static func pipe() throws(Errno) -> Pipe {
        var ends: [Int32] = [0, 0]
        try systemCall { clinux_pipe2(&ends, O_CLOEXEC) }
        return Pipe(read: Descriptor(owning: ends[0]), write: Descriptor(owning: ends[1]))
    }

    /// Reads once, at most `count` bytes; empty at the end.
    public borrowing func read(upTo count: Int) throws(Errno) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let length = try systemCall { Glibc.read(raw, &buffer, count) }
        buffer.removeLast(count - length)
        return buffer
    }

    /// Reads to the end; more than `limit` bytes are an error (EFBIG).
    public borrowing func readAll(limit: Int = 64 << 20) throws(Errno) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let part = try read(upTo: 65536)
            if part.isEmpty { return all }
            all += part
            if all.count > limit { throw Errno(rawValue: EFBIG) }
        }
    }

    /// Writes all of `bytes`.
    public borrowing func writeAll(_ bytes: [UInt8]) throws(Errno) {
        var start = 0
        while start < bytes.count {
            start += try systemCall {
                bytes.withUnsafeBytes { Glibc.write(raw, $0.baseAddress! + start, bytes.count - start) }
            }
        }
    }

    /// fstat(2).
    public borrowing func status() throws(Errno) -> stat {
        var status = stat()
        try systemCall { fstat(raw, &status) }
        return status
    }

    /// Sets or clears `O_NONBLOCK`, for all who share the open file.
    public borrowing func setNonBlocking(_ on: Bool = true) throws(Errno) {
        let flags = try systemCall { fcntl(raw, F_GETFL) }
        try systemCall { fcntl(raw, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) }
    }
}

/// Both ends of a pipe.
@frozen public struct Pipe: ~Copyable, Sendable {
    /// Owned; at its end when all copies of ``write`` are closed.
    public var read: Descriptor
    /// Owned; EPIPE when nobody has ``read`` any more.
    public var write: Descriptor
}

/// Rules of openat2(2) for what a path may cross.
public struct PathResolution: OptionSet, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Absolute paths and links are taken as beginning at the directory, as if it were `/`.
    public static let inRoot = PathResolution(rawValue: UInt64(RESOLVE_IN_ROOT))
    /// Leaving the directory is an error.
    public static let beneath = PathResolution(rawValue: UInt64(RESOLVE_BENEATH))
    /// A symbolic link anywhere in the path is an error (ELOOP).
    public static let noSymlinks = PathResolution(rawValue: UInt64(RESOLVE_NO_SYMLINKS))
    /// A link of `/proc` that leads past path names, such as `/proc/PID/fd/N`, is an error (ELOOP).
    public static let noMagicLinks = PathResolution(rawValue: UInt64(RESOLVE_NO_MAGICLINKS))
}
