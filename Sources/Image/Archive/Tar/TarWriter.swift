internal import CArchive
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Takes an archive's bytes.
public protocol ByteSink: AnyObject {
    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError)
}

/// Writes to an open file or pipe, which stays its owner's.
public final class FileSink: ByteSink {
    private let raw: Int32

    public init(_ raw: Int32) {
        self.raw = raw
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        var written = 0
        do throws(Errno) {
            while written < bytes.count {
                written += try systemCall {
                    Glibc.write(raw, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                }
            }
        } catch {
            throw ArchiveError("", "writing the archive", error)
        }
    }
}

/// Writes a tar archive: pax where ustar cannot hold a name, number or attribute. The same entries give the same bytes.
public final class TarWriter {
    private let context: WriteContext
    private let archive: OpaquePointer

    /// The archive goes to `sink`.
    public init(_ sink: any ByteSink) throws(ArchiveError) {
        context = WriteContext(sink)
        guard let archive = archive_write_new() else { throw ArchiveError(.system, "", "out of memory") }
        self.archive = archive
        archive_write_set_format_pax_restricted(archive)
        // Extended attributes once, as all others write and read them, not in libarchive's own spelling too.
        archive_write_set_format_option(archive, nil, "xattrheader", "SCHILY")
        archive_write_set_bytes_per_block(archive, 256 << 10)
        archive_write_set_bytes_in_last_block(archive, 1)
        if context.open(archive) != ARCHIVE_OK { throw failure("") }
    }

    deinit {
        archive_write_free(archive)
    }

    /// Adds an entry without content, or one with `content`, whose length is the entry's size.
    public func add(_ entry: TarEntry, content: [UInt8] = []) throws(ArchiveError) {
        try writeHeader(entry)
        if !content.isEmpty {
            let source = MemorySource(content)
            try writeData(try source.next(), of: entry)
        }
        try finishEntry(entry)
    }

    /// Adds a file with the content of an open one, read from its beginning. If that has grown or shrunk meanwhile, it
    /// is cut off or filled with zeros.
    public func add(_ entry: TarEntry, file: Int32) throws(ArchiveError) {
        try writeHeader(entry)
        let source = FileSource(file, offset: 0, length: entry.size)
        var rest = entry.size
        while rest > 0 {
            guard let bytes = try? source.next(), !bytes.isEmpty else { break }
            try writeData(bytes, of: entry)
            rest -= Int64(bytes.count)
        }
        try finishEntry(entry)
    }

    /// Writes the end of the archive; without it the archive is not complete.
    public func finish() throws(ArchiveError) {
        if archive_write_close(archive) != ARCHIVE_OK { throw failure("") }
    }

    private func writeHeader(_ entry: TarEntry) throws(ArchiveError) {
        guard let header = archive_entry_new() else { throw ArchiveError(.system, "", "out of memory") }
        defer { archive_entry_free(header) }
        archive_entry_copy_pathname(header, text(entry.path))
        archive_entry_set_perm(header, mode_t(entry.mode))
        archive_entry_set_uid(header, Int64(entry.uid))
        archive_entry_set_gid(header, Int64(entry.gid))
        archive_entry_set_mtime(header, time_t(entry.modified.seconds), Int(entry.modified.nanoseconds))
        archive_entry_set_size(header, 0)
        switch entry.kind {
        case .file:
            archive_entry_set_filetype(header, S_IFREG)
            archive_entry_set_size(header, entry.size)
        case .directory: archive_entry_set_filetype(header, S_IFDIR)
        case .symbolicLink(let target):
            archive_entry_set_filetype(header, S_IFLNK)
            archive_entry_copy_symlink(header, text(target))
        case .hardLink(let target):
            archive_entry_set_filetype(header, S_IFREG)
            archive_entry_copy_hardlink(header, text(target))
        case .characterDevice(let major, let minor):
            archive_entry_set_filetype(header, S_IFCHR)
            archive_entry_set_rdevmajor(header, dev_t(major))
            archive_entry_set_rdevminor(header, dev_t(minor))
        case .blockDevice(let major, let minor):
            archive_entry_set_filetype(header, S_IFBLK)
            archive_entry_set_rdevmajor(header, dev_t(major))
            archive_entry_set_rdevminor(header, dev_t(minor))
        case .fifo: archive_entry_set_filetype(header, S_IFIFO)
        case .socket: return
        }
        for attribute in entry.attributes {
            archive_entry_xattr_add_entry(header, attribute.name, attribute.value, attribute.value.count)
        }
        if archive_write_header(archive, header) < ARCHIVE_WARN { throw failure(entry.printablePath) }
    }

    private func writeData(_ bytes: UnsafeRawBufferPointer, of entry: TarEntry) throws(ArchiveError) {
        var start = 0
        while start < bytes.count {
            let count = archive_write_data(archive, bytes.baseAddress.map { $0 + start }, bytes.count - start)
            if count < 0 { throw failure(entry.printablePath) }
            if count == 0 { return }
            start += Int(count)
        }
    }

    private func finishEntry(_ entry: TarEntry) throws(ArchiveError) {
        if archive_write_finish_entry(archive) < ARCHIVE_WARN { throw failure(entry.printablePath) }
    }

    private func text(_ bytes: [UInt8]) -> [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

    private func failure(_ subject: String) -> ArchiveError { context.error(of: archive, subject: subject) }
}
