internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Reads the records of a log in order, from segment to segment, while a writer may be appending.
struct LogStream: ~Copyable {
    private let directory: String
    private var file: LogSegment?
    /// Bytes of the file from ``position`` on, as far as they were read.
    private var buffer: [UInt8]
    private var begin = 0
    private var end = 0
    /// Where the record begins that is being passed on, or is looked for.
    private(set) var position: LogPosition

    /// - Parameter bufferSize: bytes that are read at once; a longer record makes it larger.
    init(directory: String, from position: LogPosition, bufferSize: Int = 256 << 10) {
        self.directory = directory
        self.position = position
        buffer = [UInt8](repeating: 0, count: bufferSize)
    }

    /// The segment that is open, which is read to its end even if it is removed meanwhile; nil if none is.
    var openSegment: Int? { file == nil ? nil : position.segment }

    /// Passes the next record to `body`, with its place.
    ///
    /// - Returns: false when there is none yet (or never will be).
    mutating func next(_ body: (LogHeader, UnsafeRawBufferPointer, LogPosition) -> Void) throws(Errno) -> Bool {
        while true {
            if file == nil, try !open() { return false }
            if let header = try record() {
                pass(header, body)
                return true
            }
            guard LogFormat.segments(directory).contains(where: { $0 > position.segment }) else { return false }
            // What was added to this one before the next one was begun.
            if let header = try record() {
                pass(header, body)
                return true
            }
            file = nil
            position = LogPosition(segment: position.segment + 1, offset: 0)
        }
    }

    private mutating func pass(
        _ header: LogHeader, _ body: (LogHeader, UnsafeRawBufferPointer, LogPosition) -> Void
    ) {
        let length = LogFormat.headerSize + header.length
        buffer.withUnsafeBytes {
            body(header, UnsafeRawBufferPointer(rebasing: $0[begin + LogFormat.headerSize..<begin + length]), position)
        }
        begin += length
        position.offset += length
    }

    /// The header of the next record, once all of it is buffered.
    private mutating func record() throws(Errno) -> LogHeader? {
        guard try fill(LogFormat.headerSize) else { return nil }
        let header = buffer.withUnsafeBytes {
            LogHeader(UnsafeRawBufferPointer(rebasing: $0[begin..<begin + LogFormat.headerSize]))
        }
        guard let header else { throw .illegalByteSequence }
        if try fill(LogFormat.headerSize + header.length) { return header }
        // The writer may shorten the record, whose header is read again then.
        end = begin
        return nil
    }

    /// Opens the segment of the position, or the next younger one if that was removed.
    private mutating func open() throws(Errno) -> Bool {
        guard let segment = LogFormat.segments(directory).first(where: { $0 >= position.segment }) else { return false }
        if segment != position.segment { position = LogPosition(segment: segment, offset: 0) }
        do throws(Errno) {
            file = try LogSegment(directory: directory, segment)
        } catch {
            if error == .noSuchFileOrDirectory { return false }
            throw error
        }
        begin = 0
        end = 0
        return true
    }

    /// Reads until `count` bytes are buffered; false if the file has no more now.
    private mutating func fill(_ count: Int) throws(Errno) -> Bool {
        while end - begin < count {
            if begin > 0 && begin + count > buffer.count {
                buffer.withUnsafeMutableBytes { bytes in
                    guard let base = bytes.baseAddress else { return }
                    memmove(base, base + begin, end - begin)
                }
                end -= begin
                begin = 0
            }
            if count > buffer.count { buffer += [UInt8](repeating: 0, count: count - buffer.count) }
            let got = try readMore(at: position.offset + end - begin)
            if got == 0 { return false }
            end += got
        }
        return true
    }

    private mutating func readMore(at offset: Int) throws(Errno) -> Int {
        guard file != nil else { return 0 }
        // Taken out of itself for the time: it is changed while the buffer is.
        var taken = [UInt8]()
        swap(&taken, &buffer)
        defer { swap(&taken, &buffer) }
        let start = end
        var failure: Errno?
        let got = taken.withUnsafeMutableBytes { bytes in
            do throws(Errno) {
                return try file!.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]), at: offset)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return got
    }
}
