internal import Digests
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Bytes that are read once, from the beginning to the end, by one thread.
public protocol ByteSource: AnyObject {
    /// The next bytes, valid until the next call; empty at the end.
    func next() throws(ArchiveError) -> UnsafeRawBufferPointer
}

/// A piece of an open file, or with `length` nil all that read(2) gives from now on. The descriptor stays its owner's.
public final class FileSource: ByteSource {
    private let raw: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    private var offset: Int64
    private var rest: Int64?

    /// Reads an open file from `offset`, at most `length` bytes; the descriptor stays its owner's.
    public init(_ raw: Int32, offset: Int64 = 0, length: Int64? = nil) {
        self.raw = raw
        self.offset = offset
        rest = length
        buffer = .allocate(byteCount: 256 << 10, alignment: 4096)
    }

    deinit { buffer.deallocate() }

    /// Leaves out the next bytes, at most `count`, where that costs nothing; returns how many.
    func skip(_ count: Int64) -> Int64 {
        guard let rest else { return 0 }
        let skipped = min(max(count, 0), rest)
        offset += skipped
        self.rest = rest - skipped
        return skipped
    }

    public func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        do throws(Errno) {
            guard let rest else {
                let count = try systemCall { read(raw, buffer.baseAddress, buffer.count) }
                return UnsafeRawBufferPointer(rebasing: buffer[..<count])
            }
            if rest == 0 { return UnsafeRawBufferPointer(start: nil, count: 0) }
            let wanted = Int(min(rest, Int64(buffer.count)))
            let count = try systemCall { pread(raw, buffer.baseAddress, wanted, Int(offset)) }
            if count == 0 { throw Errno(rawValue: ENODATA) }
            offset += Int64(count)
            self.rest = rest - Int64(count)
            return UnsafeRawBufferPointer(rebasing: buffer[..<count])
        } catch {
            if error.rawValue == ENODATA { throw ArchiveError(.malformed, "", "the archive is cut off") }
            throw ArchiveError("", "reading the archive", error)
        }
    }
}

/// Bytes in memory.
public final class MemorySource: ByteSource {
    private let buffer: UnsafeMutableRawBufferPointer
    private var done = false

    /// Reads from memory.
    public init(_ bytes: [UInt8]) {
        buffer = .allocate(byteCount: bytes.count, alignment: 16)
        buffer.copyBytes(from: bytes)
    }

    deinit { buffer.deallocate() }

    public func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        defer { done = true }
        return UnsafeRawBufferPointer(rebasing: buffer[..<(done ? 0 : buffer.count)])
    }
}

/// Passes bytes on and computes their digest and number.
public final class HashingSource: ByteSource {
    private let source: any ByteSource
    private var hash = SHA256()
    /// Bytes passed on so far.
    public private(set) var count: Int64 = 0

    public init(_ source: any ByteSource) {
        self.source = source
    }

    public func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        let bytes = try source.next()
        hash.update(bytes)
        count += Int64(bytes.count)
        return bytes
    }

    /// Reads to the end and returns the digest's digits; once only.
    public func finish() throws(ArchiveError) -> String {
        while try !next().isEmpty {}
        return hash.finish()
    }
}

/// Passes bytes on and writes them into a sink too.
public final class TeeSource: ByteSource {
    private let source: any ByteSource
    private let sink: any ByteSink

    public init(_ source: any ByteSource, into sink: any ByteSink) {
        self.source = source
        self.sink = sink
    }

    public func next() throws(ArchiveError) -> UnsafeRawBufferPointer {
        let bytes = try source.next()
        if !bytes.isEmpty { try sink.write(bytes) }
        return bytes
    }

    /// Reads to the end.
    public func finish() throws(ArchiveError) {
        while try !next().isEmpty {}
    }
}
