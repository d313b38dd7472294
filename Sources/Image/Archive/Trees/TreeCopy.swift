internal import CLinux
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// Copies everything in one directory into another, empty one, and gives the latter the former's owner, mode, attributes
/// and times. Keeps owners, modes, attributes, times, hard links, links, devices and holes. Nothing is followed.
///
/// - Parameter overlayMarks: whether the attributes of an overlay's upper directory are copied too.
public func copyTree(
    from source: borrowing Descriptor, to target: borrowing Descriptor, overlayMarks: Bool = false
) throws(ArchiveError) {
    let copier = TreeCopier(overlayMarks: overlayMarks)
    try copier.copyContent(of: source, to: target, depth: 0)
    let status = try attempt("", "reading the directory") { () throws(Errno) in try source.status() }
    try copier.copyMetadata(from: source.raw, to: target.raw, status, "")
}

private final class TreeCopier {
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// First copies of files with several names: an open directory's path is not kept, so the copy itself is, by a
    /// descriptor, and linked through /proc.
    private var linked: [Identity: OpenFile] = [:]

    private let overlayMarks: Bool

    init(overlayMarks: Bool) {
        self.overlayMarks = overlayMarks
    }

    private final class OpenFile {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) {
            self.descriptor = descriptor
        }
    }

    func copyContent(
        of source: borrowing Descriptor, to target: borrowing Descriptor, depth: Int
    ) throws(ArchiveError) {
        guard depth < 512 else { throw ArchiveError(.limit, "", "directories are nested more than 512 deep") }
        let names = try attempt("", "reading a directory") { () throws(Errno) in try Files.names(in: source) }
        for name in names {
            let shown = shown(name.dropLast().map { UInt8(bitPattern: $0) })
            var status = stat()
            try attempt(shown, "reading its status") { () throws(Errno) in
                try systemCall { fstatat(source.raw, name, &status, AT_SYMLINK_NOFOLLOW) }
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                try copyDirectory(name, from: source, to: target, status, shown, depth: depth)
            } else {
                try copyFile(name, from: source, to: target, status, shown)
            }
        }
    }

    private func copyDirectory(
        _ name: [CChar], from source: borrowing Descriptor, to target: borrowing Descriptor, _ status: stat,
        _ shown: String, depth: Int
    ) throws(ArchiveError) {
        let from = try openEntry(name, in: source, O_RDONLY | O_DIRECTORY, shown)
        try attempt(shown, "making the directory") { () throws(Errno) in
            try systemCall { mkdirat(target.raw, name, 0o700) }
        }
        let to = try openEntry(name, in: target, O_RDONLY | O_DIRECTORY, shown)
        try copyContent(of: from, to: to, depth: depth + 1)
        try copyMetadata(from: from.raw, to: to.raw, status, shown)
    }

    private func copyFile(
        _ name: [CChar], from source: borrowing Descriptor, to target: borrowing Descriptor, _ status: stat,
        _ shown: String
    ) throws(ArchiveError) {
        let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        if status.st_nlink > 1, let first = linked[identity] {
            return try attempt(shown, "making the hard link") { () throws(Errno) in
                try systemCall {
                    linkat(AT_FDCWD, "/proc/self/fd/\(first.descriptor.raw)", target.raw, name, AT_SYMLINK_FOLLOW)
                }
            }
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            let from = try openEntry(name, in: source, O_RDONLY, shown)
            let to = try openEntry(name, in: target, O_RDWR | O_CREAT | O_EXCL, shown)
            try copyData(from: from.raw, to: to.raw, size: Int64(status.st_size), shown)
            try copyMetadata(from: from.raw, to: to.raw, status, shown)
            if status.st_nlink > 1 { linked[identity] = OpenFile(to) }
        case S_IFLNK: try copyLink(name, from: source, to: target, status, shown)
        default: try copyNode(name, to: target, status, shown)
        }
    }

    private func copyData(from: Int32, to: Int32, size: Int64, _ shown: String) throws(ArchiveError) {
        try attempt(shown, "copying the file") { () throws(Errno) in
            try systemCall { ftruncate(to, Int(size)) }
            var position = 0
            while position < Int(size) {
                // ENXIO: only a hole up to the end.
                let start = lseek(from, position, seekData)
                if start < 0 { return }
                let end = lseek(from, start, seekHole)
                position = start
                _ = lseek(to, position, SEEK_SET)
                let limit = end < 0 ? Int(size) : end
                while position < limit {
                    let count = try systemCall { sendfile(to, from, &position, limit - position) }
                    if count == 0 { return }
                }
            }
        }
    }

    private func copyLink(
        _ name: [CChar], from source: borrowing Descriptor, to target: borrowing Descriptor, _ status: stat,
        _ shown: String
    ) throws(ArchiveError) {
        var destination = [CChar](repeating: 0, count: 4097)
        var times = [status.st_atim, status.st_mtim]
        try attempt(shown, "copying the symbolic link") { () throws(Errno) in
            try systemCall { readlinkat(source.raw, name, &destination, 4096) }
            try systemCall { symlinkat(destination, target.raw, name) }
            try systemCall { fchownat(target.raw, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) }
            try systemCall { utimensat(target.raw, name, &times, AT_SYMLINK_NOFOLLOW) }
        }
    }

    private func copyNode(
        _ name: [CChar], to target: borrowing Descriptor, _ status: stat, _ shown: String
    ) throws(ArchiveError) {
        var times = [status.st_atim, status.st_mtim]
        try attempt(shown, "copying the special file") { () throws(Errno) in
            try systemCall { mknodat(target.raw, name, status.st_mode & S_IFMT | 0o600, status.st_rdev) }
            let node = Descriptor(
                owning: try systemCall { openat(target.raw, name, openPathOnly | O_NOFOLLOW | O_CLOEXEC) })
            let place = "/proc/self/fd/\(node.raw)"
            try systemCall { chown(place, status.st_uid, status.st_gid) }
            try systemCall { chmod(place, status.st_mode & 0o7777) }
            try systemCall { utimensat(AT_FDCWD, place, &times, 0) }
        }
    }

    func copyMetadata(from: Int32, to: Int32, _ status: stat, _ shown: String) throws(ArchiveError) {
        try attempt(shown, "copying owner and mode") { () throws(Errno) in
            try systemCall { fchown(to, status.st_uid, status.st_gid) }
            try systemCall { fchmod(to, status.st_mode & 0o7777) }
        }
        for attribute in extendedAttributes(of: from)
        where overlayMarks || !attribute.name.hasPrefix("trusted.overlay.") {
            // What the target's file system cannot keep is left out.
            _ = fsetxattr(to, attribute.name, attribute.value, attribute.value.count, 0)
        }
        var times = [status.st_atim, status.st_mtim]
        futimens(to, &times)
    }

    private func openEntry(
        _ name: [CChar], in directory: borrowing Descriptor, _ flags: Int32, _ shown: String
    ) throws(ArchiveError) -> Descriptor {
        let raw = directory.raw
        return try attempt(shown, "opening it") { () throws(Errno) in
            Descriptor(owning: try systemCall { openat(raw, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600) })
        }
    }
}

/// The extended attributes of an open file; none if its file system has none.
public func extendedAttributes(of raw: Int32) -> [ExtendedAttribute] {
    if flistxattr(raw, nil, 0) <= 0 { return [] }
    var names = [CChar](repeating: 0, count: 65536)
    let length = flistxattr(raw, &names, names.count)
    guard length > 0 else { return [] }
    return names[..<length].split(separator: 0).compactMap { bytes in
        let name = String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var value = [UInt8](repeating: 0, count: 65536)
        let size = fgetxattr(raw, name, &value, value.count)
        return size < 0 ? nil : ExtendedAttribute(name: name, value: Array(value[..<size]))
    }
}

/// `SEEK_DATA` and `SEEK_HOLE` of lseek(2).
private let seekData: Int32 = 3
private let seekHole: Int32 = 4
