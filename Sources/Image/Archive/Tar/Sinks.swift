internal import CArchive
internal import Digests

/// Computes digest and number of the bytes, and passes them on if there is a next sink.
public final class HashingSink: ByteSink {
    private let next: (any ByteSink)?
    private var hash = SHA256()
    /// Bytes so far.
    public private(set) var count: Int64 = 0

    /// Compressed bytes go to `next`.
    public init(_ next: (any ByteSink)? = nil) {
        self.next = next
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        hash.update(bytes)
        count += Int64(bytes.count)
        try next?.write(bytes)
    }

    /// The digest's digits; once only.
    public func finish() -> String { hash.finish() }
}

/// Compresses with gzip, at zlib's default level. The same bytes give the same result: the header holds neither name
/// nor time. Used by one thread.
public final class GzipSink: ByteSink {
    private let context: WriteContext
    private let archive: OpaquePointer

    /// Compressed bytes go to `next`.
    public init(_ next: any ByteSink) throws(ArchiveError) {
        context = WriteContext(next)
        guard let archive = archive_write_new() else { throw ArchiveError(.system, "", "out of memory") }
        self.archive = archive
        archive_write_set_format_raw(archive)
        archive_write_add_filter_gzip(archive)
        archive_write_set_filter_option(archive, "gzip", "timestamp", nil)
        archive_write_set_bytes_per_block(archive, 256 << 10)
        archive_write_set_bytes_in_last_block(archive, 1)
        guard context.open(archive) == ARCHIVE_OK, let entry = archive_entry_new() else {
            throw context.error(of: archive)
        }
        defer { archive_entry_free(entry) }
        archive_entry_set_filetype(entry, 0o100_000)
        if archive_write_header(archive, entry) != ARCHIVE_OK { throw context.error(of: archive) }
    }

    deinit { archive_write_free(archive) }

    public func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        var start = 0
        while start < bytes.count {
            let count = archive_write_data(archive, bytes.baseAddress.map { $0 + start }, bytes.count - start)
            if count <= 0 { throw context.error(of: archive) }
            start += Int(count)
        }
    }

    /// Writes the end; the last call.
    public func finish() throws(ArchiveError) {
        if archive_write_close(archive) != ARCHIVE_OK { throw context.error(of: archive) }
    }
}

/// What libarchive's write callback gets: the sink, and the error that it cannot pass through C.
final class WriteContext {
    private let sink: any ByteSink
    private var failure: ArchiveError?

    init(_ sink: any ByteSink) {
        self.sink = sink
    }

    /// Opens `archive` to write into this context, which must live as long.
    func open(_ archive: OpaquePointer) -> Int32 {
        archive_write_open(
            archive, Unmanaged.passUnretained(self).toOpaque(), nil,
            { _, context, bytes, count in
                guard let context else { return -1 }
                let writing = Unmanaged<WriteContext>.fromOpaque(context).takeUnretainedValue()
                do throws(ArchiveError) {
                    try writing.sink.write(UnsafeRawBufferPointer(start: bytes, count: count))
                    return count
                } catch {
                    writing.failure = error
                    return -1
                }
            }, nil)
    }

    /// The sink's error if there is one, else libarchive's.
    func error(of archive: OpaquePointer, subject: String = "") -> ArchiveError {
        if let failure { return failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "it cannot be written"
        return ArchiveError(.system, subject, reason)
    }
}
