internal import EngineModel
internal import Glibc
internal import Primitives

/// A line of a log: its bytes, or where they are when there are too many to be held.
struct LogLine: Sendable {
    enum Text: Sendable {
        case bytes([UInt8])
        case stored(LogSpan)
    }

    /// When its begin was written.
    var time: Instant
    var stream: LogRecord.Stream
    var text: Text
}

/// Where the bytes of a line lie: in the records of its stream from one to another.
struct LogSpan: Sendable, Hashable {
    /// The record that it begins in, behind so many bytes of that.
    var first: LogPosition
    var skipped: Int
    /// The record that it ends in, and how many bytes of that are before its end.
    var last: LogPosition
    var length: Int
}

/// Cuts records into lines, each stream for itself.
struct LineAssembler {
    /// Longer lines are not held in memory: their reader fetches them from the file.
    static let longestHeld = 256 << 10

    private struct Pending {
        var time: Instant
        var held: [UInt8]?
        var span: LogSpan
    }

    private var pending: [LogRecord.Stream: Pending] = [:]

    /// Passes on the lines that `bytes`, of the record at `position`, complete.
    mutating func feed(
        _ header: LogHeader, _ bytes: UnsafeRawBufferPointer, at position: LogPosition, sink: (LogLine) -> Void
    ) {
        let stream: LogRecord.Stream
        switch header.kind {
        case .output: stream = .output
        case .error: stream = .error
        case .runStarted: return
        case .runEnded:
            flush(sink: sink)
            return
        }
        let time = Instant(nanoseconds: header.nanoseconds)
        var start = 0
        while start < bytes.count {
            let newline = Self.newline(in: bytes, from: start)
            let piece = bytes[start..<(newline ?? bytes.count)]
            if let newline, pending[stream] == nil, piece.count <= Self.longestHeld {
                sink(LogLine(time: time, stream: stream, text: .bytes(Array(piece))))
                start = newline + 1
                continue
            }
            var line =
                pending.removeValue(forKey: stream)
                ?? Pending(
                    time: time, held: [], span: LogSpan(first: position, skipped: start, last: position, length: 0))
            line.span.last = position
            line.span.length = piece.endIndex
            if let count = line.held?.count, count + piece.count > Self.longestHeld {
                line.held = nil
            } else {
                line.held?.append(contentsOf: piece)
            }
            guard let newline else {
                pending[stream] = line
                return
            }
            sink(Self.line(line, stream))
            start = newline + 1
        }
    }

    /// Passes on what has not ended.
    mutating func flush(sink: (LogLine) -> Void) {
        for (stream, line) in pending.sorted(by: { $0.value.time < $1.value.time }) { sink(Self.line(line, stream)) }
        pending = [:]
    }

    private static func line(_ pending: Pending, _ stream: LogRecord.Stream) -> LogLine {
        LogLine(
            time: pending.time, stream: stream, text: pending.held.map { .bytes($0) } ?? .stored(pending.span))
    }

    private static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base + start, 0x0a, bytes.count - start) else {
            return nil
        }
        return base.distance(to: UnsafeRawPointer(found))
    }
}

extension LogLine {
    /// Passes the line on as records: one, or several for one that lies in the file.
    ///
    /// - Parameter directory: of the log. What was removed of the line meanwhile is missing.
    func deliver(from directory: String, to sink: (LogRecord) -> Void) {
        guard case .stored(let span) = text else {
            if case .bytes(let bytes) = text {
                sink(LogRecord(time: time, stream: stream, line: bytes, complete: true))
            }
            return
        }
        var source = LogStream(directory: directory, from: span.first)
        var ended = false
        while !ended {
            let more = try? source.next { header, bytes, position in
                ended = position >= span.last
                guard header.kind.rawValue == stream.rawValue, position <= span.last else { return }
                let begin = position == span.first ? span.skipped : 0
                let end = position == span.last ? span.length : bytes.count
                guard begin < end, end <= bytes.count else { return }
                sink(LogRecord(time: time, stream: stream, line: Array(bytes[begin..<end]), complete: false))
            }
            if more != true { break }
        }
        sink(LogRecord(time: time, stream: stream, line: [], complete: true))
    }
}
