internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Primitives
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
    private let writer = TreeWriter(.replacesTrees)
    /// The directory that was used last: most entries lie beside the one before.
    private var current: (path: LocalPath, directory: Directory)?
    /// Times of directories, set at the end: making entries in them changes them.
    private var times: [(path: LocalPath?, metadata: EntryMetadata)] = []

    init(root: borrowing Descriptor, maximumAttribute: Int) throws(ArchiveError) {
        // Opened anew: a detached mount is there as a place only, whose owner and times cannot be set.
        let raw = root.raw
        self.root = try ArchiveError.explaining("", doing: "opening the directory") {
            Directory(Descriptor(owning: try systemCall { openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }))
        }
        self.maximumAttribute = maximumAttribute
    }

    /// A new empty file, open for writing; what had the name is gone.
    func makeFile(_ path: LocalPath) throws(ArchiveError) -> Descriptor {
        let directory = try replaceable(path)
        return try ArchiveError.explaining(path.printable, doing: "making the file") {
            try writer.makeFile(path.name, in: directory.descriptor.raw)
        }
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
                let directory = try replaceable(path)
                try ArchiveError.explaining(path.printable, doing: "making the directory") {
                    _ = try writer.place(name, in: directory.descriptor.raw) { mkdirat($0, $1, 0o700) }
                }
            }
        }
        let directory = try ArchiveError.explaining(path.printable, doing: "opening the directory") {
            Descriptor(
                owning: try systemCall {
                    openat(parent.descriptor.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                })
        }
        try setOwnerAndMode(of: directory.raw, entry)
        if opaque { try setOpaque(directory.raw, path) }
        times.append((path, EntryMetadata(entry)))
    }

    /// Owner, mode and time of the directory everything lies in.
    func setRoot(_ entry: TarEntry) throws(ArchiveError) {
        try setOwnerAndMode(of: root.descriptor.raw, entry)
        times.append((nil, EntryMetadata(entry)))
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
        let parent = try replaceable(path)
        // Of the same file: there is nothing to do.
        if let present = self.status(parent, path.name), present.st_ino == status.st_ino,
            present.st_dev == status.st_dev
        {
            return
        }
        try ArchiveError.explaining(path.printable, doing: "making the hard link") {
            try writer.makeHardLink(
                path.name, in: parent.descriptor.raw, to: sourceName, in: directory.descriptor.raw)
        }
    }

    func makeSymbolicLink(_ path: LocalPath, to target: [UInt8], _ entry: TarEntry) throws(ArchiveError) {
        guard target.count < 4096, !target.isEmpty, !target.contains(0) else {
            throw ArchiveError(.limit, path.printable, "the symbolic link's target is empty or longer than 4095 bytes")
        }
        let destination = target.map { CChar(bitPattern: $0) } + [0]
        let directory = try replaceable(path)
        try ArchiveError.explaining(path.printable, doing: "making the symbolic link") {
            try writer.makeSymbolicLink(
                path.name, in: directory.descriptor.raw, to: destination, EntryMetadata(entry))
        }
        current = nil
    }

    /// A device, FIFO or socket.
    func makeNode(_ path: LocalPath, _ entry: TarEntry) throws(ArchiveError) {
        let (type, device): (UInt32, UInt64) =
            switch entry.kind {
            case .characterDevice(let major, let minor): (S_IFCHR, clinux_makedev(major, minor))
            case .blockDevice(let major, let minor): (S_IFBLK, clinux_makedev(major, minor))
            case .fifo: (S_IFIFO, 0)
            default: (S_IFSOCK, 0)
            }
        let directory = try replaceable(path)
        try ArchiveError.explaining(path.printable, doing: "making the special file") {
            try writer.makeNode(
                path.name, in: directory.descriptor.raw, type: type, device: device, EntryMetadata(entry))
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
            try ArchiveError.explaining(path.printable, doing: "making the whiteout") {
                _ = try writer.place(path.name, in: directory.descriptor.raw) { mknodat($0, $1, S_IFCHR, 0) }
            }
        }
    }

    /// Owner, attributes, mode and times of a file that was written.
    func setMetadata(of file: borrowing Descriptor, _ entry: TarEntry) throws(ArchiveError) {
        try setOwnerAndMode(of: file.raw, entry)
        let raw = file.raw
        try ArchiveError.explaining(entry.printablePath, doing: "setting the time") {
            try EntryMetadata(entry).setTimes(of: raw)
        }
    }

    /// Sets the directories' times; the last call.
    func finish() throws(ArchiveError) {
        current = nil
        for (path, metadata) in times.reversed() {
            // A directory that a later entry replaced has no time to set.
            guard let directory = try? existing(path) else { continue }
            try? metadata.setTimes(of: directory.raw)
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
            opened = try ArchiveError.explaining(path.printable, doing: "making the directory") {
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
    /// The open directory of an entry that may have to take the place of a tree.
    fileprivate func replaceable(_ path: LocalPath) throws(ArchiveError) -> Directory {
        let directory = try parent(of: path)
        // Now the parent is the directory that was used last, unless that is the root: the tree cannot hold it.
        if path.parent == nil { current = nil }
        return directory
    }

    fileprivate func status(_ directory: Directory, _ name: [CChar]) -> stat? {
        var status = stat()
        return fstatat(directory.descriptor.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    fileprivate func isWhiteout(_ status: stat) -> Bool {
        status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0
    }

    fileprivate func setOwnerAndMode(of raw: Int32, _ entry: TarEntry) throws(ArchiveError) {
        try ArchiveError.explaining(entry.printablePath, doing: "setting owner and mode") {
            try EntryMetadata(entry).setOwnerAndMode(of: raw)
        }
        for attribute in entry.attributes where ExtendedAttribute.isPortable(attribute.name) {
            if attribute.value.count > maximumAttribute {
                throw ArchiveError(.limit, entry.printablePath, "the attribute \(attribute.name) is too large")
            }
            try ArchiveError.explaining(entry.printablePath, doing: "setting \(attribute.name)") {
                try attribute.set(on: raw)
            }
        }
    }

    fileprivate func setOpaque(_ raw: Int32, _ path: LocalPath?) throws(ArchiveError) {
        try ArchiveError.explaining(path?.printable ?? "", doing: "marking the directory as opaque") {
            try systemCall { fsetxattr(raw, overlayOpaque, "y", 1, 0) }
        }
    }
}

extension EntryMetadata {
    fileprivate init(_ entry: TarEntry) {
        let nanoseconds = Int(min(max(entry.modified.nanoseconds, 0), 999_999_999))
        self.init(
            uid: entry.uid, gid: entry.gid, mode: entry.mode,
            modified: timespec(tv_sec: Int(entry.modified.seconds), tv_nsec: nanoseconds))
    }
}
