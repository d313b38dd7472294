internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Primitives
internal import SystemPackage

/// How a directory becomes an archive.
public struct TreeArchiveRules: Sendable, Hashable {
    /// `.overlay`: what overlayfs keeps as devices 0:0 and attributes is written as the whiteouts of image layers.
    public var whiteouts: ExtractionRules.Whiteouts
    /// Put before every path, with a `/` at its end; empty for none.
    public var prefix: [UInt8] = []

    public init(whiteouts: ExtractionRules.Whiteouts) {
        self.whiteouts = whiteouts
    }
}

/// Writes everything in a directory into an archive, by name, so that the same files give the same bytes: owners, modes,
/// times, links, devices and attributes. Sockets are left out, nothing is followed.
///
/// - Parameter root: an open directory.
public func archiveTree(
    _ root: borrowing Descriptor, to writer: TarWriter, rules: TreeArchiveRules
) throws(ArchiveError) {
    let walk = TreeWalk(writer: writer, rules: rules)
    let directory = try ArchiveError.explaining("", doing: "opening the directory") { try root.duplicate() }
    try withUTF8Names { () throws(ArchiveError) in
        try walk.add(directory, path: rules.prefix, depth: 0)
    }
}

/// Writes the one file, link or directory `name` of an open directory under the name `path`, with all below it.
public func archiveEntry(
    _ name: [CChar], in directory: borrowing Descriptor, as path: [UInt8], to writer: TarWriter
) throws(ArchiveError) {
    let walk = TreeWalk(writer: writer, rules: TreeArchiveRules(whiteouts: .literal))
    let parent = try ArchiveError.explaining("", doing: "opening the directory") { try directory.duplicate() }
    try withUTF8Names { () throws(ArchiveError) in
        try walk.add(entry: name, in: parent, path: path, depth: 0)
    }
}

private final class TreeWalk {
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    private let writer: TarWriter
    private let rules: TreeArchiveRules
    /// Files with several names: the one they were written under.
    private var written: [Identity: [UInt8]] = [:]

    init(writer: TarWriter, rules: TreeArchiveRules) {
        self.writer = writer
        self.rules = rules
    }

    /// The entries of an open directory.
    func add(_ directory: borrowing Descriptor, path: [UInt8], depth: Int) throws(ArchiveError) {
        guard depth < 512 else { throw ArchiveError(.limit, shown(path), "directories are nested more than 512 deep") }
        if rules.whiteouts == .overlay, isOverlayOpaque(directory.raw) {
            try writer.add(TarEntry(path: path + Array(".wh..wh..opq".utf8), kind: .file, mode: 0))
        }
        let names = try ArchiveError.explaining(shown(path), doing: "reading the directory") {
            try Files.names(in: directory)
        }
        let sorted = names.sorted { left, right in
            left.lazy.map { UInt8(bitPattern: $0) }.lexicographicallyPrecedes(right.lazy.map { UInt8(bitPattern: $0) })
        }
        for name in sorted {
            let bytes = name.dropLast().map { UInt8(bitPattern: $0) }
            try add(entry: name, in: directory, path: path + bytes, depth: depth)
        }
    }

    func add(
        entry name: [CChar], in directory: borrowing Descriptor, path: [UInt8], depth: Int
    ) throws(ArchiveError) {
        let raw = directory.raw
        var status = stat()
        try ArchiveError.explaining(shown(path), doing: "reading its status") {
            try systemCall { fstatat(raw, name, &status, AT_SYMLINK_NOFOLLOW) }
        }
        guard var entry = try tarEntry(name, in: raw, status, path) else { return }
        if status.st_mode & S_IFMT != S_IFDIR, status.st_nlink > 1 {
            let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
            if let first = written[identity] {
                entry.kind = .hardLink(target: first)
                return try writer.add(entry)
            }
            written[identity] = entry.path
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            // The tree may be a running container's, which puts a device there meanwhile.
            let place = try open(name, in: raw, O_PATH, path)
            let file = try ArchiveError.explaining(shown(path), doing: "opening it") { try place.openAsRegularFile() }
            entry.attributes = portableAttributes(of: file.raw)
            try writer.add(entry, file: file.raw)
        case S_IFDIR:
            let child = try open(name, in: raw, O_RDONLY | O_DIRECTORY, path)
            entry.attributes = portableAttributes(of: child.raw)
            try writer.add(entry)
            try add(child, path: path + [0x2f], depth: depth + 1)
        default: try writer.add(entry)
        }
    }

    /// nil for what no archive holds.
    private func tarEntry(
        _ name: [CChar], in directory: Int32, _ status: stat, _ path: [UInt8]
    ) throws(ArchiveError) -> TarEntry? {
        let device = UInt64(status.st_rdev)
        let kind: TarEntry.Kind
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK:
            var target = [CChar](repeating: 0, count: 4097)
            let length = try ArchiveError.explaining(shown(path), doing: "reading the symbolic link") {
                try systemCall { readlinkat(directory, name, &target, 4096) }
            }
            kind = .symbolicLink(target: target[..<length].map { UInt8(bitPattern: $0) })
        case S_IFCHR:
            if rules.whiteouts == .overlay, device == 0 {
                let slash = path.lastIndex(of: 0x2f).map { $0 + 1 } ?? 0
                return TarEntry(path: path[..<slash] + Array(".wh.".utf8) + path[slash...], kind: .file, mode: 0)
            }
            kind = .characterDevice(major: clinux_major(device), minor: clinux_minor(device))
        case S_IFBLK: kind = .blockDevice(major: clinux_major(device), minor: clinux_minor(device))
        case S_IFIFO: kind = .fifo
        default: return nil
        }
        var entry = TarEntry(
            path: path, kind: kind, mode: UInt32(status.st_mode & 0o7777), uid: status.st_uid, gid: status.st_gid,
            modified: TarTime(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec)))
        if kind == .file { entry.size = Int64(status.st_size) }
        return entry
    }

    private func open(
        _ name: [CChar], in directory: Int32, _ flags: Int32, _ path: [UInt8]
    ) throws(ArchiveError) -> Descriptor {
        try ArchiveError.explaining(shown(path), doing: "opening it") {
            Descriptor(
                owning: try systemCall { openat(directory, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) })
        }
    }
}
