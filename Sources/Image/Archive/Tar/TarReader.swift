internal import CArchive
internal import Glibc

/// Reads a tar archive (ustar, pax, GNU, with sparse files) entry by entry, in the order in which it is written.
///
/// Used by one thread; ``next()`` must run inside ``withUTF8Names(_:)`` for names beyond ASCII.
final class TarReader {
    private let context: ReadContext
    private let archive: OpaquePointer
    private var count = 0
    private let maximumEntries: Int

    init(_ source: any ByteSource, maximumEntries: Int) throws(ArchiveError) {
        self.maximumEntries = maximumEntries
        context = ReadContext(source)
        guard let archive = archive_read_new() else { throw ArchiveError(.system, "", "out of memory") }
        self.archive = archive
        archive_read_support_format_tar(archive)
        archive_read_support_format_empty(archive)
        guard context.open(archive) == ARCHIVE_OK else { throw context.error(of: archive) }
    }

    deinit { archive_read_free(archive) }

    /// The next entry; what was not read of the previous one is skipped. nil at the end.
    func next() throws(ArchiveError) -> TarEntry? {
        var header: OpaquePointer?
        switch archive_read_next_header(archive, &header) {
        case ARCHIVE_EOF: return nil
        case ARCHIVE_OK, ARCHIVE_WARN: break
        default: throw context.error(of: archive)
        }
        guard let header else { return nil }
        count += 1
        if count > maximumEntries {
            throw ArchiveError(.limit, "", "the archive has more than \(maximumEntries) entries")
        }
        return try entry(header)
    }

    /// The entry's next piece of data and where it belongs in the file; holes are left out. nil at the end.
    func nextData() throws(ArchiveError) -> (bytes: UnsafeRawBufferPointer, offset: Int64)? {
        var bytes: UnsafeRawPointer?
        var length = 0
        var offset: Int64 = 0
        switch archive_read_data_block(archive, &bytes, &length, &offset) {
        case ARCHIVE_EOF: return nil
        case ARCHIVE_OK, ARCHIVE_WARN: return (UnsafeRawBufferPointer(start: bytes, count: length), offset)
        default: throw context.error(of: archive)
        }
    }

    /// Where in the source the current entry's data begins, if it is not sparse.
    var dataPosition: Int64 { archive_filter_bytes(archive, 0) }

    private func entry(_ header: OpaquePointer) throws(ArchiveError) -> TarEntry {
        guard let name = archive_entry_pathname(header) else {
            throw ArchiveError(.malformed, "", "entry \(count) of the archive has no usable name")
        }
        let path = bytes(name)
        var entry = TarEntry(
            path: path, kind: try kind(header, path), mode: UInt32(archive_entry_perm(header)) & 0o7777,
            uid: try owner(archive_entry_uid(header), path), gid: try owner(archive_entry_gid(header), path),
            size: archive_entry_size(header),
            modified: TarTime(
                seconds: Int64(archive_entry_mtime(header)), nanoseconds: Int64(archive_entry_mtime_nsec(header))))
        if entry.size < 0 { throw ArchiveError(.malformed, entry.printablePath, "its size is negative") }
        if archive_entry_xattr_count(header) > 0 { entry.attributes = attributes(header) }
        return entry
    }

    private func kind(_ header: OpaquePointer, _ path: [UInt8]) throws(ArchiveError) -> TarEntry.Kind {
        if let target = archive_entry_hardlink(header) { return .hardLink(target: bytes(target)) }
        let major = UInt32(truncatingIfNeeded: archive_entry_rdevmajor(header))
        let minor = UInt32(truncatingIfNeeded: archive_entry_rdevminor(header))
        switch mode_t(archive_entry_filetype(header)) {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        case S_IFLNK:
            guard let target = archive_entry_symlink(header) else {
                throw ArchiveError(.malformed, shown(path), "the symbolic link has no usable target")
            }
            return .symbolicLink(target: bytes(target))
        case S_IFCHR: return .characterDevice(major: major, minor: minor)
        case S_IFBLK: return .blockDevice(major: major, minor: minor)
        case S_IFIFO: return .fifo
        case S_IFSOCK: return .socket
        default: throw ArchiveError(.malformed, shown(path), "an entry of an unknown kind")
        }
    }

    private func owner(_ number: Int64, _ path: [UInt8]) throws(ArchiveError) -> UInt32 {
        guard let id = UInt32(exactly: number), id != UInt32.max else {
            throw ArchiveError(.malformed, shown(path), "the owner \(number) is not a user or group number")
        }
        return id
    }

    private func attributes(_ header: OpaquePointer) -> [ExtendedAttribute] {
        var found: [ExtendedAttribute] = []
        archive_entry_xattr_reset(header)
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var length = 0
        while archive_entry_xattr_next(header, &name, &value, &length) == ARCHIVE_OK {
            guard let name else { continue }
            let bytes = Array(UnsafeRawBufferPointer(start: value, count: length))
            found.append(ExtendedAttribute(name: String(cString: name), value: bytes))
        }
        return found
    }

    private func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
