internal import CArchive

/// The uncompressed form of a source: gzip, zstd, bzip2 and xz are recognised, everything else passes as it is.
public final class DecompressingSource: ByteSource {
    private let peeked: PeekedSource
    private let context: ReadContext
    private let archive: OpaquePointer?
    /// Whether the bytes are decompressed here.
    public var isCompressed: Bool { archive != nil }

    public init(_ source: any ByteSource) throws(ArchiveError) {
        peeked = PeekedSource(source)
        context = ReadContext(peeked)
        guard Self.isCompressed(try peeked.peek()) else {
            archive = nil
            return
        }
        guard let archive = archive_read_new() else { throw ArchiveError(.system, "", "out of memory") }
        self.archive = archive
        archive_read_support_format_raw(archive)
        archive_read_support_filter_gzip(archive)
        archive_read_support_filter_zstd(archive)
        archive_read_support_filter_bzip2(archive)
        archive_read_support_filter_xz(archive)
        var entry: OpaquePointer?
        guard context.open(archive) == ARCHIVE_OK, archive_read_next_header(archive, &entry) >= ARCHIVE_WARN else {
            throw context.error(of: archive)
        }
    }

    deinit {
        if let archive { archive_read_free(archive) }
    }

    public func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        guard let archive else { return try peeked.next() }
        while true {
            var bytes: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            switch archive_read_data_block(archive, &bytes, &count, &offset) {
            case ARCHIVE_EOF: return UnsafeRawBufferPointer(start: nil, count: 0)
            case ARCHIVE_OK, ARCHIVE_WARN:
                if count > 0 { return UnsafeRawBufferPointer(start: bytes, count: count) }
            default: throw context.error(of: archive)
            }
        }
    }

    /// Whether a file that begins so is compressed in one of the known ways.
    public static func isCompressed(_ start: UnsafeRawBufferPointer) -> Bool {
        let magics: [[UInt8]] = [
            [0x1f, 0x8b], [0x28, 0xb5, 0x2f, 0xfd], [0x42, 0x5a, 0x68], [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
        ]
        return magics.contains { start.starts(with: $0) }
    }
}

/// A source whose first bytes may be looked at before they are read.
private final class PeekedSource: ByteSource {
    private let source: any ByteSource
    private var first: UnsafeRawBufferPointer?

    init(_ source: any ByteSource) {
        self.source = source
    }

    func peek() throws(ArchiveError) -> UnsafeRawBufferPointer {
        let bytes = try source.next()
        first = bytes
        return bytes
    }

    func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        if let first {
            self.first = nil
            return first
        }
        return try source.next()
    }
}
