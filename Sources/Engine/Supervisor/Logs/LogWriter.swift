internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// Appends to a container's log. One writer at a time, from any thread.
///
/// A record's header is written before its bytes are taken from the container's pipe by splice(2). So a writer that is
/// killed at any moment loses nothing: the bytes are either in the file or still in the pipe, and the next writer
/// shortens the interrupted record to what is there.
final class LogWriter: Sendable {
    private struct State: ~Copyable {
        var file: Descriptor
        var position: LogPosition
    }

    private let directory: String
    private let limits: LogLimits
    private let state: Mutex<State>

    /// Opens the log in `directory` (made if missing) at its end and repairs the last record.
    init(directory: String, limits: LogLimits) throws(Errno) {
        self.directory = directory
        self.limits = limits
        try Files.makeDirectories(directory)
        let segment = LogFormat.segments(directory).last ?? 1
        let file = try Self.open(directory, segment)
        let offset = try Self.repair(file)
        state = Mutex(State(file: file, position: LogPosition(segment: segment, offset: offset)))
    }

    /// The end of the log.
    var position: LogPosition { state.withLock { $0.position } }

    /// Appends one record. Longer bytes become several.
    func append(_ kind: LogHeader.Kind, _ bytes: [UInt8] = [], at time: Instant = .now()) throws(Errno) {
        try locked { (state: inout State) throws(Errno) in
            var rest = bytes[...]
            repeat {
                let part = rest.prefix(LogFormat.maximumLength)
                rest = rest.dropFirst(part.count)
                try beginRecord(&state)
                var record = [UInt8](repeating: 0, count: LogFormat.headerSize)
                let header = LogHeader(kind, length: part.count, nanoseconds: time.nanoseconds)
                record.withUnsafeMutableBytes { header.store($0) }
                record += part
                try Self.write(record, to: state.file, at: state.position.offset)
                state.position.offset += record.count
            } while !rest.isEmpty
        }
    }

    /// Moves what is in `pipe` now to the log, at most one record's worth.
    ///
    /// - Returns: the number of bytes; 0 when the pipe is empty.
    func splice(from pipe: Int32, _ kind: LogHeader.Kind) throws(Errno) -> Int {
        var available: Int32 = 0
        try systemCall { clinux_readable_bytes(pipe, &available) }
        if available <= 0 { return 0 }
        var length = min(Int(available), LogFormat.maximumLength)
        try locked { (state: inout State) throws(Errno) in
            try beginRecord(&state)
            let start = state.position.offset
            // Much at once must not make a segment larger than it may be: what is kept is counted in segments.
            length = min(length, max(LogFormat.headerSize, limits.segmentSize - start - LogFormat.headerSize))
            try writeHeader(kind, length: length, to: state.file, at: start)
            var moved = 0
            var failure: Errno?
            while moved < length && failure == nil {
                do throws(Errno) {
                    let place = Int64(start + LogFormat.headerSize + moved)
                    let count = try systemCall {
                        clinux_splice_to_file(pipe, state.file.raw, place, UInt(length - moved))
                    }
                    if count == 0 { break }
                    moved += count
                } catch {
                    failure = error
                }
            }
            if moved == length {
                state.position.offset = start + LogFormat.headerSize + length
                return
            }
            if moved > 0 {
                try writeHeader(kind, length: moved, to: state.file, at: start)
                state.position.offset = start + LogFormat.headerSize + moved
            } else {
                ftruncate(state.file.raw, off_t(start))
            }
            if let failure, failure != .wouldBlock { throw failure }
        }
        return length
    }

    private func writeHeader(
        _ kind: LogHeader.Kind, length: Int, to file: borrowing Descriptor, at offset: Int
    ) throws(Errno) {
        var bytes = [UInt8](repeating: 0, count: LogFormat.headerSize)
        let header = LogHeader(kind, length: length, nanoseconds: Instant.now().nanoseconds)
        bytes.withUnsafeMutableBytes { header.store($0) }
        try Self.write(bytes, to: file, at: offset)
    }

    /// Begins a new segment when the current one is full.
    private func beginRecord(_ state: inout State) throws(Errno) {
        guard state.position.offset >= limits.segmentSize else { return }
        let segment = state.position.segment + 1
        state.file = try Self.open(directory, segment)
        state.position = LogPosition(segment: segment, offset: 0)
        for old in LogFormat.segments(directory) where old <= segment - limits.segments {
            unlink("\(directory)/\(LogFormat.fileName(old))")
        }
    }

    private func locked(_ body: (inout State) throws(Errno) -> Void) throws(Errno) {
        let failure = state.withLock { (state: inout State) -> Errno? in
            do throws(Errno) {
                try body(&state)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    private static func open(_ directory: String, _ segment: Int) throws(Errno) -> Descriptor {
        try Descriptor.open("\(directory)/\(LogFormat.fileName(segment))", O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    }

    private static func write(_ bytes: [UInt8], to file: borrowing Descriptor, at offset: Int) throws(Errno) {
        var start = 0
        while start < bytes.count {
            start += try systemCall {
                bytes.withUnsafeBytes {
                    pwrite(file.raw, $0.baseAddress! + start, bytes.count - start, off_t(offset + start))
                }
            }
        }
    }

    /// Walks over the records; shortens an interrupted last one and cuts off what is no record. Returns the end.
    private static func repair(_ file: borrowing Descriptor) throws(Errno) -> Int {
        let size = Int(try systemCall { lseek(file.raw, 0, SEEK_END) })
        var scan = LogSegmentScan(file: file.raw, from: 0)
        while let found = try scan.next(size: size) {
            let end = found.offset + LogFormat.headerSize + found.header.length
            if end <= size { continue }
            let present = size - found.offset - LogFormat.headerSize
            if present <= 0 { break }
            var shortened = found.header
            shortened.length = present
            var bytes = [UInt8](repeating: 0, count: LogFormat.headerSize)
            bytes.withUnsafeMutableBytes { shortened.store($0) }
            try write(bytes, to: file, at: found.offset)
            return size
        }
        if scan.offset < size { try systemCall { ftruncate(file.raw, off_t(scan.offset)) } }
        return scan.offset
    }
}

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
