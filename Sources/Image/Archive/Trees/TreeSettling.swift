internal import CLinux
internal import Glibc
public import LinuxSystem
internal import Primitives
internal import SystemPackage

/// What a tree holds.
public struct TreeContent: Sendable, Hashable {
    /// Bytes of its files; one with several names counts once.
    public var bytes: Int64 = 0
    /// Nothing at all, not even a mark that hides the layers below.
    public var isEmpty = true

    public init() {}
}

/// Makes an overlay's upper directory a layer's tree: exactly what unpacking its archive would give again.
///
/// Times of modification are cut to whole seconds, and to `epoch` (seconds) where they are later. Of overlayfs's marks
/// only those stay that say what is hidden; sockets, which no archive holds, go. The tree's root gets owner root, mode
/// 0755 and no attributes, as every layer's root. A redirect to another directory (a rename recorded by a mount without
/// `redirect_dir=off`) is refused, for no layer can express it.
///
/// - Parameter root: an open directory that nobody else changes.
public func settleTree(_ root: borrowing Descriptor, epoch: Int64?) throws(ArchiveError) -> TreeContent {
    let settling = TreeSettling(epoch: epoch)
    let directory = try ArchiveError.explaining("", doing: "opening the directory") { try root.duplicate() }
    settling.content.isEmpty = !isOverlayOpaque(root.raw)
    try settling.settle(directory, depth: 0)
    let raw = root.raw
    try ArchiveError.explaining("", doing: "settling the directory") {
        for attribute in extendedAttributes(of: raw) where attribute.name != overlayOpaque {
            fremovexattr(raw, attribute.name)
        }
        try systemCall { fchown(raw, 0, 0) }
        try systemCall { fchmod(raw, 0o755) }
        var times = [timespec](repeating: timespec(), count: 2)
        try systemCall { futimens(raw, &times) }
    }
    return settling.content
}

private final class TreeSettling {
    private let epoch: Int64?
    private var linked = Set<UInt64>()
    var content = TreeContent()

    init(epoch: Int64?) {
        self.epoch = epoch
    }

    func settle(_ directory: borrowing Descriptor, depth: Int) throws(ArchiveError) {
        guard depth < 512 else { throw ArchiveError(.limit, "", "directories are nested more than 512 deep") }
        let names = try ArchiveError.explaining("", doing: "reading a directory") { try Files.names(in: directory) }
        for name in names {
            content.isEmpty = false
            let path = shown(name.dropLast().map { UInt8(bitPattern: $0) })
            var status = stat()
            try ArchiveError.explaining(path, doing: "reading its status") {
                try systemCall { fstatat(directory.raw, name, &status, AT_SYMLINK_NOFOLLOW) }
            }
            switch status.st_mode & S_IFMT {
            case S_IFSOCK:
                try ArchiveError.explaining(path, doing: "removing the socket") {
                    try systemCall { unlinkat(directory.raw, name, 0) }
                }
                continue
            case S_IFREG, S_IFDIR: try settleFile(name, directory, status, path, depth: depth)
            default: break
            }
            // After the entries below, whose removal would change a directory's time.
            try setTime(name, directory, status, path)
        }
    }

    private func settleFile(
        _ name: [CChar], _ directory: borrowing Descriptor, _ status: stat, _ path: String, depth: Int
    ) throws(ArchiveError) {
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        let raw = directory.raw
        let file = try ArchiveError.explaining(path, doing: "opening it") {
            Descriptor(
                owning: try systemCall { openat(raw, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) })
        }
        for attribute in extendedAttributes(of: file.raw) where !isKept(attribute.name) {
            if attribute.name == overlayRedirect || attribute.name == overlayMetacopy {
                throw ArchiveError(
                    .malformed, path, "its content lies in another layer; overlays need redirect_dir=off,metacopy=off")
            }
            fremovexattr(file.raw, attribute.name)
        }
        if isDirectory { return try settle(file, depth: depth + 1) }
        if status.st_nlink == 1 || linked.insert(UInt64(status.st_ino)).inserted {
            content.bytes += Int64(status.st_size)
        }
    }

    private func setTime(
        _ name: [CChar], _ directory: borrowing Descriptor, _ status: stat, _ path: String
    ) throws(ArchiveError) {
        // A whiteout has no time in an archive.
        if status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0 { return }
        let second = min(Int64(status.st_mtim.tv_sec), epoch ?? Int64.max)
        if second == Int64(status.st_mtim.tv_sec), status.st_mtim.tv_nsec == 0,
            status.st_mode & S_IFMT != S_IFDIR
        {
            return
        }
        var times = [timespec(tv_sec: 0, tv_nsec: UTIME_OMIT), timespec(tv_sec: Int(second), tv_nsec: 0)]
        let raw = directory.raw
        try ArchiveError.explaining(path, doing: "setting the time") {
            try systemCall { utimensat(raw, name, &times, AT_SYMLINK_NOFOLLOW) }
        }
    }

    private func isKept(_ name: String) -> Bool { name == overlayOpaque || ExtendedAttribute.isPortable(name) }
}

/// Whether overlayfs shows nothing of the layers below in this directory.
func isOverlayOpaque(_ raw: Int32) -> Bool {
    var value: UInt8 = 0
    return fgetxattr(raw, overlayOpaque, &value, 1) == 1 && value == 0x79
}

let overlayOpaque = "trusted.overlay.opaque"
private let overlayRedirect = "trusted.overlay.redirect"
private let overlayMetacopy = "trusted.overlay.metacopy"
