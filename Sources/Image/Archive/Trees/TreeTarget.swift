internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Makes files below a directory, whatever is there already, without ever leaving it.
final class TreeTarget {
    /// An open directory that several may hold.
    final class Directory {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) {
            self.descriptor = descriptor
        }
    }

    private let root: Directory
    private let maximumAttribute: Int
    /// The directory that was used last: most entries lie beside the one before.
    private var current: (path: LocalPath, directory: Directory)?
    /// Times of directories, set at the end: making entries in them changes them.
    private var times: [(path: LocalPath?, time: TarTime)] = []

    init(root: borrowing Descriptor, maximumAttribute: Int) throws(ArchiveError) {
        // Opened anew: a detached mount is there as a place only, whose owner and times cannot be set.
        let raw = root.raw
        self.root = try attempt("", "opening the directory") { () throws(Errno) in
            Directory(Descriptor(owning: try systemCall { openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }))
        }
        self.maximumAttribute = maximumAttribute
    }

    /// A new empty file, open for writing; what had the name is gone.
    func makeFile(_ path: LocalPath) throws(ArchiveError) -> Descriptor {
        let raw = try place(path, "making the file") { directory, name in
            openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        return Descriptor(owning: raw)
    }

    /// A directory, new or the one that is there.
    func makeDirectory(_ path: LocalPath, _ entry: TarEntry) throws(ArchiveError) {
        let parent = try parent(of: path)
        var opaque = false
        let name = path.name
        if mkdirat(parent.descriptor.raw, name, 0o700) != 0 {
            let code = errno
            guard code == EEXIST, let status = status(parent, name) else {
                throw ArchiveError(path.printable, "making the directory", Errno(rawValue: code))
            }
            if status.st_mode & S_IFMT != S_IFDIR {
                opaque = isWhiteout(status)
                _ = try place(path, "making the directory") { mkdirat($0, $1, 0o700) }
            }
        }
        let directory = try attempt(path.printable, "opening the directory") { () throws(Errno) in
            Descriptor(
                owning: try systemCall {
                    openat(parent.descriptor.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                })
        }
        try setOwnerAndMode(of: directory.raw, entry)
        if opaque { try setOpaque(directory.raw, path) }
        times.append((path, entry.modified))
    }

    /// Owner, mode and time of the directory everything lies in.
    func setRoot(_ entry: TarEntry) throws(ArchiveError) {
        try setOwnerAndMode(of: root.descriptor.raw, entry)
        times.append((nil, entry.modified))
    }

    func link(_ path: LocalPath, to source: LocalPath) throws(ArchiveError) {
        if path == source { return }
        guard !source.isRoot else { throw ArchiveError(.unsafe, path.printable, "a hard link to the root") }
        let directory = try parent(of: source)
        let sourceName = source.name
        guard let status = status(directory, sourceName) else {
            throw ArchiveError(
                .malformed, path.printable, "the hard link's target \(source.printable) does not come before it")
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw ArchiveError(.malformed, path.printable, "a hard link to the directory \(source.printable)")
        }
        _ = try place(path, "making the hard link", sparing: status) {
            linkat(directory.descriptor.raw, sourceName, $0, $1, 0)
        }
    }

    func makeSymbolicLink(_ path: LocalPath, to target: [UInt8], _ entry: TarEntry) throws(ArchiveError) {
        guard target.count < 4096, !target.isEmpty, !target.contains(0) else {
            throw ArchiveError(.limit, path.printable, "the symbolic link's target is empty or longer than 4095 bytes")
        }
        let destination = target.map { CChar(bitPattern: $0) } + [0]
        _ = try place(path, "making the symbolic link") { symlinkat(destination, $0, $1) }
        let directory = try parent(of: path)
        var times = [timespec(tv_sec: 0, tv_nsec: omittedTime), time(entry.modified)]
        try attempt(path.printable, "setting the owner") { () throws(Errno) in
            try systemCall { fchownat(directory.descriptor.raw, path.name, entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW) }
            try systemCall { utimensat(directory.descriptor.raw, path.name, &times, AT_SYMLINK_NOFOLLOW) }
        }
        current = nil
    }

    /// A device, FIFO or socket.
    func makeNode(_ path: LocalPath, _ entry: TarEntry) throws(ArchiveError) {
        let (type, device): (mode_t, dev_t) =
            switch entry.kind {
            case .characterDevice(let major, let minor): (S_IFCHR, dev_t(clinux_makedev(major, minor)))
            case .blockDevice(let major, let minor): (S_IFBLK, dev_t(clinux_makedev(major, minor)))
            case .fifo: (S_IFIFO, 0)
            default: (S_IFSOCK, 0)
            }
        _ = try place(path, "making the special file") { mknodat($0, $1, type | 0o600, device) }
        let directory = try parent(of: path)
        let node = try attempt(path.printable, "opening the special file") { () throws(Errno) in
            Descriptor(
                owning: try systemCall {
                    openat(directory.descriptor.raw, path.name, openPathOnly | O_NOFOLLOW | O_CLOEXEC)
                })
        }
        // The link in /proc leads to this very file and cannot be exchanged.
        let place = "/proc/self/fd/\(node.raw)"
        var times = [timespec(tv_sec: 0, tv_nsec: omittedTime), time(entry.modified)]
        try attempt(path.printable, "setting owner and mode") { () throws(Errno) in
            try systemCall { chown(place, entry.uid, entry.gid) }
            try systemCall { chmod(place, mode_t(entry.mode)) }
            try systemCall { utimensat(AT_FDCWD, place, &times, 0) }
        }
    }

    /// Makes what overlayfs takes for the removal of a name or of a directory's content (kernel, overlayfs.rst).
    func place(_ whiteout: Whiteout) throws(ArchiveError) {
        switch whiteout.kind {
        case .ignored: return
        case .opaque(let path):
            try setOpaque(try directory(path).descriptor.raw, path)
        case .removed(let path):
            let directory = try parent(of: path)
            // The whiteout is about the layers below; what this layer itself has there stays.
            if let status = status(directory, path.name) {
                guard status.st_mode & S_IFMT == S_IFDIR else { return }
                return try setOpaque(try self.directory(path).descriptor.raw, path)
            }
            _ = try place(path, "making the whiteout") { mknodat($0, $1, S_IFCHR, 0) }
        }
    }

    /// Owner, attributes, mode and times of a file that was written.
    func setMetadata(of file: borrowing Descriptor, _ entry: TarEntry) throws(ArchiveError) {
        try setOwnerAndMode(of: file.raw, entry)
        var times = [timespec(tv_sec: 0, tv_nsec: omittedTime), time(entry.modified)]
        let raw = file.raw
        try attempt(entry.printablePath, "setting the time") { () throws(Errno) in
            try systemCall { futimens(raw, &times) }
        }
    }

    /// Sets the directories' times; the last call.
    func finish() throws(ArchiveError) {
        current = nil
        for (path, modified) in times.reversed() {
            // A directory that a later entry replaced has no time to set.
            guard let directory = try? existing(path) else { continue }
            var times = [timespec(tv_sec: 0, tv_nsec: omittedTime), time(modified)]
            futimens(directory.raw, &times)
        }
    }
}

// MARK: - Directories

extension TreeTarget {
    /// The open directory that an entry lies in, made with its parents where it is missing.
    fileprivate func parent(of path: LocalPath) throws(ArchiveError) -> Directory {
        try directory(path.parent)
    }

    fileprivate func directory(_ path: LocalPath?) throws(ArchiveError) -> Directory {
        guard let path else { return root }
        if let current, current.path == path { return current.directory }
        let opened: Directory
        do throws(Errno) {
            opened = Directory(try open(path, O_RDONLY | O_DIRECTORY))
        } catch {
            guard error == .noSuchFileOrDirectory else {
                throw ArchiveError(path.printable, "opening the directory", error)
            }
            let parent = try directory(path.parent)
            opened = try attempt(path.printable, "making the directory") { () throws(Errno) in
                try systemCall { mkdirat(parent.descriptor.raw, path.name, 0o700) }
                // mkdir(2) takes the process's umask off; what an image did not say is open to all.
                let made = Descriptor(
                    owning: try systemCall {
                        openat(parent.descriptor.raw, path.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                    })
                try systemCall { fchmod(made.raw, 0o755) }
                return Directory(made)
            }
        }
        current = (path, opened)
        return opened
    }

    private func existing(_ path: LocalPath?) throws(Errno) -> Descriptor {
        guard let path else { return try root.descriptor.duplicate() }
        return try open(path, O_RDONLY | O_DIRECTORY)
    }

    /// Opens with the tree's root as `/`, following links on the way.
    private func open(_ path: LocalPath, _ flags: Int32) throws(Errno) -> Descriptor {
        let resolve = PathResolution.inRoot.union(.noMagicLinks).rawValue
        return Descriptor(
            owning: try systemCall {
                clinux_openat2(root.descriptor.raw, path.whole, UInt64(flags), 0, resolve)
            })
    }
}

// MARK: - Single entries

extension TreeTarget {
    /// Makes an entry with `make(directory, name)`; on EEXIST removes what is there and tries again. If that is
    /// the file `sparing` (of which this becomes a second name), nothing is to be done.
    fileprivate func place(
        _ path: LocalPath, _ what: String, sparing: stat? = nil,
        _ make: (Int32, [CChar]) -> Int32
    ) throws(ArchiveError) -> Int32 {
        let directory = try parent(of: path)
        let name = path.name
        let first = make(directory.descriptor.raw, name)
        if first != -1 { return first }
        let code = errno
        guard code == EEXIST else { throw ArchiveError(path.printable, what, Errno(rawValue: code)) }
        if let sparing, let present = status(directory, name), present.st_ino == sparing.st_ino,
            present.st_dev == sparing.st_dev
        {
            return 0
        }
        current = nil
        return try attempt(path.printable, what) { () throws(Errno) in
            try Files.removeTree(at: name, in: directory.descriptor)
            return try systemCall { make(directory.descriptor.raw, name) }
        }
    }

    fileprivate func status(_ directory: Directory, _ name: [CChar]) -> stat? {
        var status = stat()
        return fstatat(directory.descriptor.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    fileprivate func isWhiteout(_ status: stat) -> Bool {
        status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0
    }

    /// The owner first: chown(2) clears set-id bits and capabilities.
    fileprivate func setOwnerAndMode(of raw: Int32, _ entry: TarEntry) throws(ArchiveError) {
        try attempt(entry.printablePath, "setting owner and mode") { () throws(Errno) in
            try systemCall { fchown(raw, entry.uid, entry.gid) }
            try systemCall { fchmod(raw, mode_t(entry.mode)) }
        }
        // An image must not bring marks of overlayfs (they could show other directories) or labels of this host's policy.
        for attribute in entry.attributes where isArchived(attribute.name) {
            if attribute.value.count > maximumAttribute {
                throw ArchiveError(.limit, entry.printablePath, "the attribute \(attribute.name) is too large")
            }
            if fsetxattr(raw, attribute.name, attribute.value, attribute.value.count, 0) != 0 {
                // A file system without such attributes is no reason not to have the image.
                let code = errno
                if code == EOPNOTSUPP { continue }
                throw ArchiveError(entry.printablePath, "setting \(attribute.name)", Errno(rawValue: code))
            }
        }
    }

    fileprivate func setOpaque(_ raw: Int32, _ path: LocalPath?) throws(ArchiveError) {
        try attempt(path?.printable ?? "", "marking the directory as opaque") { () throws(Errno) in
            try systemCall { fsetxattr(raw, overlayOpaque, "y", 1, 0) }
        }
    }

    fileprivate func time(_ time: TarTime) -> timespec {
        timespec(tv_sec: Int(time.seconds), tv_nsec: Int(min(max(time.nanoseconds, 0), 999_999_999)))
    }
}

/// `O_PATH` of open(2): the file itself, whatever it is, without reading or writing.
let openPathOnly: Int32 = 0o10_000_000

/// `UTIME_OMIT` of utimensat(2): leaves a time as it is.
let omittedTime = (1 << 30) - 2

/// Runs system calls; their error is told with what was being done to what.
@discardableResult
func attempt<Result: ~Copyable>(
    _ subject: String, _ what: String, _ body: () throws(Errno) -> Result
) throws(ArchiveError) -> Result {
    do throws(Errno) {
        return try body()
    } catch {
        throw ArchiveError(subject, what, error)
    }
}
