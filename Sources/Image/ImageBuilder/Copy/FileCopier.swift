internal import Archive
internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// How copies differ from their sources.
struct CopyRules: Sendable {
    /// Of everything; nil takes the source's if the tree keeps owners, else root.
    var owner: FileOwner?
    var keepsOwners: Bool
    var mode: ModeChange?

    func owner(of status: FileStatus) -> FileOwner {
        owner ?? (keepsOwners ? FileOwner(uid: status.uid, gid: status.gid) : FileOwner(uid: 0, gid: 0))
    }

    func mode(of status: FileStatus) -> UInt32 {
        mode?.applied(to: status.permissions, isDirectory: status.isDirectory) ?? status.permissions
    }
}

/// Makes single files, links and special files in open directories, in the place of what is there.
struct FileCopier {
    var rules: CopyRules

    /// Copies an open file's content and everything else that belongs to it.
    func copy(
        _ source: borrowing Descriptor, _ status: FileStatus, as name: [CChar], in directory: OpenDirectory,
        shown: String
    ) throws(EngineError) {
        let raw = try place(name, in: directory, shown, "making the file") {
            openat($0, $1, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        let target = Descriptor(owning: raw)
        let after: FileStatus
        do throws(Errno) {
            try copyContent(from: source, to: target, size: Int(status.size))
            try setMetadata(of: target.raw, status, from: source.raw)
            try setTime(of: target.raw, status)
            after = FileStatus(try source.status())
        } catch {
            throw copyError(shown, "copying it", error)
        }
        guard after.isSameContent(as: status) else {
            throw EngineError(.conflict, shown, "it was changed while it was copied")
        }
    }

    func copyLink(
        _ target: [UInt8], _ status: FileStatus, as name: [CChar], in directory: OpenDirectory, shown: String
    ) throws(EngineError) {
        let destination = target.map { CChar(bitPattern: $0) } + [0]
        _ = try place(name, in: directory, shown, "making the symbolic link") { symlinkat(destination, $0, $1) }
        let owner = rules.owner(of: status)
        var times = [timespec(tv_sec: 0, tv_nsec: omittedTime), status.modification]
        let raw = directory.descriptor.raw
        do throws(Errno) {
            try systemCall { fchownat(raw, name, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) }
            try systemCall { utimensat(raw, name, &times, AT_SYMLINK_NOFOLLOW) }
        } catch {
            throw copyError(shown, "setting the owner", error)
        }
    }

    /// A device, FIFO or socket.
    func copyNode(_ status: FileStatus, as name: [CChar], in directory: OpenDirectory, shown: String)
        throws(EngineError)
    {
        _ = try place(name, in: directory, shown, "making the special file") {
            mknodat($0, $1, status.type | 0o600, dev_t(status.specialDevice))
        }
        let raw = directory.descriptor.raw
        let owner = rules.owner(of: status)
        var times = [timespec(tv_sec: 0, tv_nsec: omittedTime), status.modification]
        do throws(Errno) {
            let node = Descriptor(owning: try systemCall { openat(raw, name, pathOnly | O_NOFOLLOW | O_CLOEXEC) })
            // The link in /proc leads to this very file and cannot be exchanged.
            let path = "/proc/self/fd/\(node.raw)"
            try systemCall { chown(path, owner.uid, owner.gid) }
            try systemCall { chmod(path, mode_t(rules.mode(of: status))) }
            try systemCall { utimensat(AT_FDCWD, path, &times, 0) }
        } catch {
            throw copyError(shown, "setting owner and mode", error)
        }
    }

    /// Makes a name with `make(directory, name)`; what has it, unless it is a directory, goes away.
    func place(
        _ name: [CChar], in directory: OpenDirectory, _ shown: String, _ what: String,
        _ make: (Int32, [CChar]) -> Int32
    ) throws(EngineError) -> Int32 {
        let raw = directory.descriptor.raw
        let first = make(raw, name)
        if first != -1 { return first }
        do throws(Errno) {
            let code = errno
            guard code == EEXIST else { throw Errno(rawValue: code) }
            if let present = try directory.status(name), present.st_mode & S_IFMT == S_IFDIR { throw .isDirectory }
            try systemCall { unlinkat(raw, name, 0) }
            return try systemCall { make(raw, name) }
        } catch {
            if error == .isDirectory {
                throw EngineError(.invalid, shown, "a file cannot take the place of the directory \(text(of: name))")
            }
            throw copyError(shown, what, error)
        }
    }

    /// Owner, mode and attributes. The owner first: chown(2) clears set-id bits and capabilities.
    func setMetadata(of target: Int32, _ status: FileStatus, from source: Int32) throws(Errno) {
        let owner = rules.owner(of: status)
        try systemCall { fchown(target, owner.uid, owner.gid) }
        try systemCall { fchmod(target, mode_t(rules.mode(of: status))) }
        for attribute in portableAttributes(of: source) {
            // What the target's file system cannot keep is left out.
            _ = fsetxattr(target, attribute.name, attribute.value, attribute.value.count, 0)
        }
    }

    func setTime(of target: Int32, _ status: FileStatus) throws(Errno) {
        var times = [timespec(tv_sec: 0, tv_nsec: omittedTime), status.modification]
        try systemCall { futimens(target, &times) }
    }
}

/// The attributes of a file that mean something in an image: not marks of overlayfs or labels of this host's policy.
func portableAttributes(of raw: Int32) -> [ExtendedAttribute] {
    extendedAttributes(of: raw).filter { attribute in
        if attribute.name.hasPrefix("user.overlay.") { return false }
        return attribute.name == "security.capability" || attribute.name.hasPrefix("user.")
            || attribute.name.hasPrefix("system.posix_acl_")
    }.sorted { $0.name < $1.name }
}

/// Copies a file's bytes to an empty one, holes left out, shared by both where the file system can.
private func copyContent(from source: borrowing Descriptor, to target: borrowing Descriptor, size: Int) throws(Errno) {
    if size <= smallFile { return try copySmall(from: source.raw, to: target.raw) }
    try systemCall { ftruncate(target.raw, size) }
    var sharing = true
    var position = 0
    while position < size {
        // ENXIO: only a hole up to the end.
        let start = lseek(source.raw, position, seekData)
        if start < 0 { return }
        let end = lseek(source.raw, start, seekHole)
        position = start
        let limit = end < 0 ? size : end
        _ = lseek(source.raw, position, SEEK_SET)
        _ = lseek(target.raw, position, SEEK_SET)
        while position < limit {
            let count = try copyPart(from: source.raw, to: target.raw, limit - position, &sharing)
            if count == 0 { return }
            position += count
        }
    }
}

private func copyPart(from source: Int32, to target: Int32, _ count: Int, _ sharing: inout Bool) throws(Errno) -> Int {
    if sharing {
        let copied = clinux_copy_file_range(source, target, UInt(count))
        if copied > 0 { return copied }
        // Different file systems, or one that cannot do it.
        sharing = false
    }
    return try systemCall { sendfile(target, source, nil, count) }
}

private func copySmall(from source: Int32, to target: Int32) throws(Errno) {
    try withUnsafeTemporaryAllocation(byteCount: smallFile, alignment: 16) { buffer throws(Errno) in
        while true {
            let count = try systemCall { read(source, buffer.baseAddress, buffer.count) }
            if count == 0 { return }
            var written = 0
            while written < count {
                written += try systemCall { write(target, buffer.baseAddress.map { $0 + written }, count - written) }
            }
            if count < buffer.count { return }
        }
    }
}

/// Bytes up to which a file is read and written at once.
private let smallFile = 64 << 10
/// `O_PATH` of open(2): the file itself, whatever it is, without reading or writing.
let pathOnly: Int32 = 0o10_000_000
/// `UTIME_OMIT` of utimensat(2): leaves a time as it is.
let omittedTime = (1 << 30) - 2
/// `SEEK_DATA` and `SEEK_HOLE` of lseek(2).
private let seekData: Int32 = 3
private let seekHole: Int32 = 4
