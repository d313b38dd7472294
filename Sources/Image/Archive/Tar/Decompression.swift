internal import CArchive

/// The uncompressed form of a source: gzip, zstd, bzip2 and xz are recognised, everything else passes as it is.
public final class DecompressingSource: ByteSource {
    private let peeked: PeekedSource
    private let context: ReadContext
    private let archive: OpaquePointer?
    /// Whether the bytes are decompressed here.
    public var isCompressed: Bool { archive != nil }

    /// Finds out the compression from the first bytes.
    public init(_ source: any ByteSource) throws(ArchiveError) {
        peeked = PeekedSource(source)
        context = ReadContext(peeked)
        guard Compression(of: try peeked.peek()) != nil else {
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
}

/// How a file is compressed, by its first bytes.
public enum Compression: Sendable, Hashable, CaseIterable {
    case gzip, zstd, bzip2, xz

    /// nil if it is not, or in another way.
    public init?(of start: UnsafeRawBufferPointer) {
        guard let found = Self.allCases.first(where: { start.starts(with: $0.magic) }) else { return nil }
        self = found
    }

    private var magic: [UInt8] {
        switch self {
        case .gzip: [0x1f, 0x8b]
        case .zstd: [0x28, 0xb5, 0x2f, 0xfd]
        case .bzip2: [0x42, 0x5a, 0x68]
        case .xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
        }
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
