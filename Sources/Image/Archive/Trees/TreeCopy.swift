internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Copies everything in one directory into another, empty one, and gives the latter the former's owner, mode, attributes
/// and times. Keeps owners, modes, attributes, times, hard links, links, devices and holes. Nothing is followed.
///
/// - Parameter overlayMarks: whether the attributes of an overlay's upper directory are copied too.
public func copyTree(
    from source: borrowing Descriptor, to target: borrowing Descriptor, overlayMarks: Bool = false
) throws(ArchiveError) {
    let copier = TreeCopy(overlayMarks: overlayMarks)
    try copier.copyContent(of: source, to: target, depth: 0)
    let status = try ArchiveError.explaining("", doing: "reading the directory") { try source.status() }
    try copier.copyMetadata(from: source.raw, to: target.raw, status, "")
}

private final class TreeCopy {
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// First copies of files with several names: an open directory's path is not kept, so the copy itself is, by a
    /// descriptor, and linked through /proc.
    private var linked: [Identity: OpenFile] = [:]

    private let overlayMarks: Bool
    private let writer = TreeWriter(.fails)

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
        let names = try ArchiveError.explaining("", doing: "reading a directory") { try Files.names(in: source) }
        for name in names {
            let shown = shown(name.dropLast().map { UInt8(bitPattern: $0) })
            var status = stat()
            try ArchiveError.explaining(shown, doing: "reading its status") {
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
        try ArchiveError.explaining(shown, doing: "making the directory") {
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
            return try ArchiveError.explaining(shown, doing: "making the hard link") {
                try systemCall {
                    linkat(AT_FDCWD, "/proc/self/fd/\(first.descriptor.raw)", target.raw, name, AT_SYMLINK_FOLLOW)
                }
            }
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            let from = try openEntry(name, in: source, O_RDONLY, shown)
            let to = try ArchiveError.explaining(shown, doing: "copying the file") {
                let to = try writer.makeFile(name, in: target.raw)
                try copyFileContent(from: from, to: to, size: Int(status.st_size))
                return to
            }
            try copyMetadata(from: from.raw, to: to.raw, status, shown)
            if status.st_nlink > 1 { linked[identity] = OpenFile(to) }
        case S_IFLNK:
            var destination = [CChar](repeating: 0, count: 4097)
            try ArchiveError.explaining(shown, doing: "copying the symbolic link") {
                try systemCall { readlinkat(source.raw, name, &destination, 4096) }
                try writer.makeSymbolicLink(name, in: target.raw, to: destination, EntryMetadata(status))
            }
        default:
            try ArchiveError.explaining(shown, doing: "copying the special file") {
                try writer.makeNode(
                    name, in: target.raw, type: status.st_mode & S_IFMT, device: UInt64(status.st_rdev),
                    EntryMetadata(status))
            }
        }
    }

    func copyMetadata(from: Int32, to: Int32, _ status: stat, _ shown: String) throws(ArchiveError) {
        let metadata = EntryMetadata(status)
        try ArchiveError.explaining(shown, doing: "copying owner and mode") { try metadata.setOwnerAndMode(of: to) }
        copyAttributes(from: from, to: to)
        if overlayMarks { copyOverlayMarks(from: from, to: to) }
        try ArchiveError.explaining(shown, doing: "copying the times") { try metadata.setTimes(of: to) }
    }

    private func copyOverlayMarks(from: Int32, to: Int32) {
        for attribute in extendedAttributes(of: from) where attribute.name.hasPrefix("trusted.overlay.") {
            try? attribute.set(on: to)
        }
    }

    private func openEntry(
        _ name: [CChar], in directory: borrowing Descriptor, _ flags: Int32, _ shown: String
    ) throws(ArchiveError) -> Descriptor {
        let raw = directory.raw
        return try ArchiveError.explaining(shown, doing: "opening it") {
            Descriptor(owning: try systemCall { openat(raw, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600) })
        }
    }
}
