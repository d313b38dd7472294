internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Reads the records of a log in order, from segment to segment, while a writer may be appending.
struct LogStream: ~Copyable {
    private let directory: String
    private var file: Descriptor?
    /// Bytes of the file from ``position`` on, as far as they were read.
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    private var begin = 0
    private var end = 0
    /// Behind the last record that was passed on.
    private(set) var position: LogPosition

    init(directory: String, from position: LogPosition) {
        self.directory = directory
        self.position = position
    }

    /// Passes the next record to `body`.
    ///
    /// - Returns: false when there is none yet (or never will be).
    mutating func next(_ body: (LogHeader, UnsafeRawBufferPointer) -> Void) throws(Errno) -> Bool {
        while true {
            if file == nil, try !open() { return false }
            if try fill(LogFormat.headerSize) {
                let header = buffer.withUnsafeBytes {
                    LogHeader(UnsafeRawBufferPointer(rebasing: $0[begin..<begin + LogFormat.headerSize]))
                }
                guard let header else { throw .illegalByteSequence }
                let length = LogFormat.headerSize + header.length
                if try fill(length) {
                    buffer.withUnsafeBytes {
                        let bytes = $0[begin + LogFormat.headerSize..<begin + length]
                        body(header, UnsafeRawBufferPointer(rebasing: bytes))
                    }
                    begin += length
                    position.offset += length
                    return true
                }
            }
            if try !advance() { return false }
        }
    }

    /// Opens the segment of the position, or the next younger one if that was removed.
    private mutating func open() throws(Errno) -> Bool {
        guard let segment = LogFormat.segments(directory).first(where: { $0 >= position.segment }) else { return false }
        if segment != position.segment { position = LogPosition(segment: segment, offset: 0) }
        do throws(Errno) {
            file = try Descriptor.open("\(directory)/\(LogFormat.fileName(segment))", O_RDONLY | O_NOFOLLOW)
        } catch {
            if error == .noSuchFileOrDirectory { return false }
            throw error
        }
        begin = 0
        end = 0
        return true
    }

    /// Goes on to the next segment if there is one and nothing was added to this one before it was begun.
    private mutating func advance() throws(Errno) -> Bool {
        guard LogFormat.segments(directory).contains(where: { $0 > position.segment }) else { return false }
        let before = end - begin
        _ = try fill(before + 1)
        if end - begin > before { return true }
        file = nil
        position = LogPosition(segment: position.segment + 1, offset: 0)
        return true
    }

    /// Reads until `count` bytes are buffered; false if the file has no more now.
    private mutating func fill(_ count: Int) throws(Errno) -> Bool {
        guard let raw = file?.raw else { return false }
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
            let offset = off_t(position.offset + end - begin)
            let start = end
            let got = try systemCall {
                buffer.withUnsafeMutableBytes { bytes in
                    pread(raw, bytes.baseAddress.map { $0 + start }, bytes.count - start, offset)
                }
            }
            if got == 0 { return false }
            end += got
        }
        return true
    }
}
