internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Finds the headers in a segment, one after the other, without reading what is between them twice.
struct LogSegmentScan {
    private let file: Int32
    private var window: [UInt8] = []
    private var windowOffset = 0
    /// Where the next header is expected.
    private(set) var offset: Int

    init(file: Int32, from offset: Int) {
        self.file = file
        self.offset = offset
    }

    /// The next header; nil at the end or where there is none. Afterwards ``offset`` is behind the record if all of it
    /// is within `size`, else still before it.
    mutating func next(size: Int) throws(Errno) -> (offset: Int, header: LogHeader)? {
        guard offset + LogFormat.headerSize <= size else { return nil }
        if offset < windowOffset || offset + LogFormat.headerSize > windowOffset + window.count {
            window = [UInt8](repeating: 0, count: min(64 << 10, size - offset))
            windowOffset = offset
            let count = try systemCall { pread(file, &window, window.count, off_t(offset)) }
            window.removeLast(window.count - count)
            if count < LogFormat.headerSize { return nil }
        }
        let place = offset - windowOffset
        let header = window.withUnsafeBytes {
            LogHeader(UnsafeRawBufferPointer(rebasing: $0[place..<place + LogFormat.headerSize]))
        }
        guard let header else { return nil }
        let found = offset
        let end = offset + LogFormat.headerSize + header.length
        if end <= size { offset = end }
        return (found, header)
    }
}
