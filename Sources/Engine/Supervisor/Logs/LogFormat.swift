internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// What is in a container's log directory: segment files `00000001`, `00000002` … of records, the oldest removed first.
/// One that nothing is added to any more may be compressed: `00000001.gz` (RFC 1952).
///
/// A record is a header of 16 bytes, little-endian, and its bytes as they came: one read from the container, with any
/// number of lines in it and possibly the middle of one. The header: mark 0xC5, kind, two zero bytes, length (32 bits),
/// nanoseconds since 1970 (64 bits). A last record that is shorter than its header says was interrupted.
enum LogFormat {
    static let headerSize = 16
    static let mark: UInt8 = 0xc5
    /// Longest record; a writer splits what is longer.
    static let maximumLength = 1 << 20

    static func fileName(_ segment: Int) -> String { String(segment).leftPadded(to: 8) }

    static func compressedFileName(_ segment: Int) -> String { fileName(segment) + compressed }

    /// What the name of a compressed segment ends with.
    private static let compressed = ".gz"

    /// Numbers of the segments in a log directory, ascending; none if it does not exist.
    static func segments(_ directory: String) -> [Int] {
        let names = (try? Files.list(directory)) ?? []
        let numbers = names.compactMap { Int($0.hasSuffix(compressed) ? String($0.dropLast(compressed.count)) : $0) }
        return Set(numbers).sorted()
    }
}

struct LogHeader: Sendable, Hashable {
    enum Kind: UInt8, Sendable, Hashable {
        case output = 1
        case error = 2
        /// The container was started. No bytes.
        case runStarted = 3
        /// It ended, and all its output precedes: see ``LogRunEnd/bytes``.
        case runEnded = 4
    }

    var kind: Kind
    var length: Int
    var nanoseconds: Int64

    init(_ kind: Kind, length: Int, nanoseconds: Int64) {
        self.kind = kind
        self.length = length
        self.nanoseconds = nanoseconds
    }

    /// nil if there is no header at the beginning of `bytes`, which holds at least 16.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let length = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        guard bytes[0] == LogFormat.mark, let kind = Kind(rawValue: bytes[1]), length <= LogFormat.maximumLength else {
            return nil
        }
        self.kind = kind
        self.length = Int(length)
        nanoseconds = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self))
    }

    /// Writes the header to the first 16 of `bytes`.
    func store(_ bytes: UnsafeMutableRawBufferPointer) {
        bytes[0] = LogFormat.mark
        bytes[1] = kind.rawValue
        bytes[2] = 0
        bytes[3] = 0
        bytes.storeBytes(of: UInt32(length).littleEndian, toByteOffset: 4, as: UInt32.self)
        bytes.storeBytes(of: nanoseconds.littleEndian, toByteOffset: 8, as: Int64.self)
    }
}

extension LogRunEnd {
    /// One byte, 1 if the container will be started again, and the exit code (32 bits, little-endian). Of a run that did
    /// not begin, and in logs of older versions, only the byte is there.
    var bytes: [UInt8] { [restarts ? 1 : 0] + withUnsafeBytes(of: exitCode.littleEndian) { Array($0) } }

    /// nil for other records, and where there is no exit code.
    init?(_ header: LogHeader, _ bytes: UnsafeRawBufferPointer) {
        guard header.kind == .runEnded, bytes.count >= 5 else { return nil }
        self.init(
            time: Instant(nanoseconds: header.nanoseconds),
            exitCode: Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 1, as: Int32.self)),
            restarts: bytes[0] == 1)
    }
}

/// How much of a log is kept, and how.
struct LogLimits: Sendable, Hashable {
    /// Bytes after which a new segment is begun.
    var segmentSize: Int
    var segments: Int
    /// All but the last segment are compressed.
    var isCompressed = false

    /// One gibibyte.
    static let standard = LogLimits(segmentSize: 32 << 20, segments: 32)
    /// For containers that keep no log: only what attached clients, or the receiver, have not read yet.
    static let transient = LogLimits(segmentSize: 16 << 20, segments: 2)

    init(segmentSize: Int, segments: Int) {
        self.segmentSize = segmentSize
        self.segments = segments
    }

    /// At most `size` times `files` bytes are kept, and at least half of `size`.
    init(_ settings: LogSettings) {
        guard settings.isReadable, let size = settings.retention.size, size > 0 else {
            self = settings.isReadable ? .standard : .transient
            return
        }
        let files = max(1, settings.retention.files)
        isCompressed = settings.retention.isCompressed
        // A compressed segment is as long as Docker's file is, so that there are as many of them.
        let longest = isCompressed ? Int.max : 32 << 20
        let (product, overflow) = size.multipliedReportingOverflow(by: files)
        let total = overflow ? Int.max : product
        segmentSize = max(4096, min(longest, files == 1 ? size / 2 : size))
        segments = max(2, total / segmentSize)
    }
}
