internal import CZlib

/// What stands around compressed bytes (RFC 1952, RFC 1950).
public enum CompressionFormat: Sendable {
    case gzip, zlib

    /// zlib's `windowBits`: a window of 32 KiB, and 16 more for the frame of gzip.
    fileprivate var windowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        case .zlib: 15
        }
    }
}

/// The bytes are not what the format says, or memory ran out.
public struct CompressionError: Error, Sendable, Hashable {
    /// zlib's code.
    public let code: Int32
}

/// A stream of zlib's, which knows its own address.
private final class Stream {
    let pointer: UnsafeMutablePointer<z_stream>
    let end: (UnsafeMutablePointer<z_stream>) -> Void

    init(end: @escaping (UnsafeMutablePointer<z_stream>) -> Void) {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: z_stream())
        self.end = end
    }

    deinit {
        end(pointer)
        pointer.deallocate()
    }

    /// Points the stream to what is to be read and to where it writes, and counts both afterwards.
    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
        _ call: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> (code: Int32, read: Int, written: Int) {
        pointer.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: Bytef.self))
        pointer.pointee.avail_in = uInt(input.count)
        pointer.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
        pointer.pointee.avail_out = uInt(output.count)
        let code = call(pointer)
        return (code, input.count - Int(pointer.pointee.avail_in), output.count - Int(pointer.pointee.avail_out))
    }
}

/// Compresses bytes that come piece by piece. Used by one thread at a time.
public struct Deflater: ~Copyable {
    private let stream: Stream
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// - Parameter level: 0 (none) to 9, -1 is zlib's choice.
    public init(_ format: CompressionFormat, level: Int = -1) throws(CompressionError) {
        stream = Stream { _ = deflateEnd($0) }
        let code = deflateInit2_(
            stream.pointer, Int32(level), Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        if code != Z_OK { throw CompressionError(code: code) }
    }

    /// Takes the next bytes and passes on what comes of them, if anything does already.
    ///
    /// - Parameter isLast: nothing follows, and all that was held back is passed on.
    public mutating func add<Failure: Error>(
        _ bytes: UnsafeRawBufferPointer, isLast: Bool, _ sink: (ArraySlice<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = bytes
        let stream = stream
        while true {
            let result = buffer.withUnsafeMutableBytes { output in
                stream.step(rest, output) { deflate($0, isLast ? Z_FINISH : Z_NO_FLUSH) }
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[result.read...])
            if result.written > 0 { try sink(buffer[..<result.written]) }
            // A buffer that was not filled: nothing more comes of it.
            if result.written < buffer.count && rest.isEmpty || result.code == Z_STREAM_END { return }
        }
    }

    /// All of `bytes` at once.
    public static func compress(
        _ bytes: [UInt8], _ format: CompressionFormat, level: Int = -1
    ) throws(CompressionError) -> [UInt8] {
        var deflater = try Deflater(format, level: level)
        var all: [UInt8] = []
        bytes.withUnsafeBytes { deflater.add($0, isLast: true) { all += $0 } }
        return all
    }
}

/// Unpacks bytes of either format that come piece by piece. Used by one thread at a time.
public struct Inflater: ~Copyable {
    private let stream: Stream
    /// All was unpacked; what follows does not belong to it.
    public private(set) var isFinished = false

    /// For one stream of bytes; what follows needs another one.
    public init() throws(CompressionError) {
        stream = Stream { _ = inflateEnd($0) }
        // 32 more: it finds out which format it is.
        let code = inflateInit2_(stream.pointer, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if code != Z_OK { throw CompressionError(code: code) }
    }

    /// Unpacks some of `input` into `output`.
    ///
    /// - Returns: how many bytes were read and written; none when it needs more of either.
    public mutating func next(
        _ input: ArraySlice<UInt8>, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> (read: Int, written: Int) {
        if isFinished { return (0, 0) }
        let stream = stream
        let result = input.withUnsafeBytes { stream.step($0, output) { inflate($0, Z_NO_FLUSH) } }
        if result.code == Z_STREAM_END { isFinished = true }
        if result.code < 0 && result.code != Z_BUF_ERROR || result.code == Z_NEED_DICT {
            throw CompressionError(code: result.code)
        }
        return (result.read, result.written)
    }
}
