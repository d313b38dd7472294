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

    /// Runs what takes longer than the writer may.
    typealias Background = @Sendable (_ work: @escaping @Sendable () -> Void) -> Void
    /// Told of the number and the bytes of a segment that was removed, while the log is locked.
    typealias Removal = @Sendable (_ segment: Int, _ bytes: Int) -> Void

    private let directory: String
    private let limits: LogLimits
    private let background: Background?
    private let removal: Mutex<Removal?> = Mutex(nil)
    private let state: Mutex<State>

    /// Opens the log in `directory` (made if missing) at its end and repairs the last record.
    ///
    /// - Parameter background: compresses full segments, if the limits say so; nil leaves that to a later writer.
    init(directory: String, limits: LogLimits, background: Background? = nil) throws(Errno) {
        self.directory = directory
        self.limits = limits
        self.background = limits.isCompressed ? background : nil
        try Files.makeDirectories(directory)
        let segment = LogFormat.segments(directory).last ?? 1
        let file = try Self.open(directory, segment)
        let offset = try Self.repair(file)
        state = Mutex(State(file: file, position: LogPosition(segment: segment, offset: offset)))
        compressFull(before: segment)
    }

    /// Has `body` told of what is removed from now on.
    func whenRemoving(_ body: @escaping Removal) { removal.withLock { $0 = body } }

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
            // Before Linux 6.5 splice(2) tells nobody who watches the file, only write(2) does.
            if moved == length {
                state.position.offset = start + LogFormat.headerSize + length
                try Self.write([LogFormat.mark], to: state.file, at: start)
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
        for old in LogFormat.segments(directory) where old <= segment - limits.segments { remove(old) }
        compressFull(before: segment)
    }

    private func remove(_ segment: Int) {
        if let told = removal.withLock({ $0 }), let size = try? LogCompression.size(of: segment, in: directory) {
            told(segment, size)
        }
        for name in [LogFormat.fileName(segment), LogFormat.compressedFileName(segment)] {
            unlink("\(directory)/\(name)")
        }
    }

    private func compressFull(before segment: Int) {
        let directory = directory
        background? { LogCompression.compressAll(before: segment, in: directory) }
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
