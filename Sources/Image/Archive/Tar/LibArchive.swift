internal import CArchive
internal import Glibc

/// What libarchive's read callback gets: the source, and the error that it cannot pass through C.
final class ReadContext {
    let source: any ByteSource
    var failure: ArchiveError?

    init(_ source: any ByteSource) {
        self.source = source
    }

    /// Opens `archive` to read from this context, which must live as long.
    func open(_ archive: OpaquePointer) -> Int32 {
        archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
        archive_read_set_read_callback(archive) { _, context, result in
            guard let context, let result else { return -1 }
            let reading = Unmanaged<ReadContext>.fromOpaque(context).takeUnretainedValue()
            do throws(ArchiveError) {
                let bytes = try reading.source.next()
                result.pointee = bytes.baseAddress
                return bytes.count
            } catch {
                reading.failure = error
                return -1
            }
        }
        if source is FileSource {
            archive_read_set_skip_callback(archive) { _, context, count in
                guard let context else { return 0 }
                let reading = Unmanaged<ReadContext>.fromOpaque(context).takeUnretainedValue()
                return (reading.source as? FileSource)?.skip(count) ?? 0
            }
        }
        return archive_read_open1(archive)
    }

    /// The source's error if there is one, else libarchive's.
    func error(of archive: OpaquePointer, subject: String = "") -> ArchiveError {
        if let failure { return failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "it cannot be read"
        return ArchiveError(.malformed, subject, reason.prefix(1).lowercased() + reason.dropFirst())
    }
}

/// Runs `body` with this thread's character set being UTF-8: libarchive converts names between that of the archive
/// (UTF-8 in pax headers) and that of the thread, and would lose all but ASCII in the C locale of a program that never
/// called setlocale(3).
func withUTF8Names<Result>(_ body: () throws(ArchiveError) -> Result) throws(ArchiveError) -> Result {
    guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return try body() }
    let previous = uselocale(locale)
    defer {
        uselocale(previous)
        freelocale(locale)
    }
    return try body()
}
