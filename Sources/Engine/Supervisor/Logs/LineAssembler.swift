internal import EngineModel
internal import Glibc
internal import Primitives

/// Cuts records into lines, each stream for itself.
struct LineAssembler {
    /// A line that is longer is passed on in pieces.
    static let longestLine = 1 << 20

    private var pending: [LogRecord.Stream: LogRecord] = [:]

    /// Passes on the lines that `bytes` complete.
    mutating func feed(
        _ header: LogHeader, _ bytes: UnsafeRawBufferPointer, sink: (LogRecord) -> Void
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
            guard let newline = Self.newline(in: bytes, from: start) else {
                keep(bytes[start...], of: stream, time, sink: sink)
                return
            }
            let piece = bytes[start..<newline]
            if var whole = pending.removeValue(forKey: stream) {
                whole.line += piece
                whole.complete = true
                sink(whole)
            } else {
                sink(LogRecord(time: time, stream: stream, line: Array(piece), complete: true))
            }
            start = newline + 1
        }
    }

    /// Passes on what has not ended.
    mutating func flush(sink: (LogRecord) -> Void) {
        for piece in pending.values.sorted(by: { $0.time < $1.time }) { sink(piece) }
        pending = [:]
    }

    private mutating func keep(
        _ bytes: Slice<UnsafeRawBufferPointer>, of stream: LogRecord.Stream, _ time: Instant, sink: (LogRecord) -> Void
    ) {
        var piece =
            pending.removeValue(forKey: stream)
            ?? LogRecord(time: time, stream: stream, line: [], complete: false)
        piece.line += bytes
        if piece.line.count >= Self.longestLine { sink(piece) } else { pending[stream] = piece }
    }

    private static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base + start, 0x0a, bytes.count - start) else {
            return nil
        }
        return base.distance(to: UnsafeRawPointer(found))
    }
}
