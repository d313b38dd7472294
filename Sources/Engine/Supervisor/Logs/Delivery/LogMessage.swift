internal import EngineModel
internal import Glibc
internal import Primitives

/// What a logging driver sends: a line, or a part of one that is too long for it.
struct LogMessage: Sendable, Hashable {
    /// Which part of a line it is. Docker tells the receivers that can put them together.
    struct Part: Sendable, Hashable {
        /// The same for all parts of a line.
        var id: String
        /// From 1.
        var ordinal: Int
        var isLast: Bool
    }

    /// When the line's begin was written.
    var time: Instant
    var stream: LogRecord.Stream
    /// As they were written, without the newline.
    var bytes: [UInt8]
    /// nil: all of a line.
    var part: Part?

    /// In Docker's words.
    var source: String {
        switch stream {
        case .output: "stdout"
        case .error: "stderr"
        }
    }

    /// The severity (RFC 5424, table 2) that Docker gives it.
    var severity: Int {
        switch stream {
        case .output: 6
        case .error: 3
        }
    }
}

/// Cuts records into messages, each stream for itself. A line of more than 16 KiB goes out in parts, as Docker sends it.
struct MessageAssembler {
    static let longest = 16 << 10

    private struct Pending {
        var time: Instant
        var bytes: [UInt8] = []
        var part: LogMessage.Part?
        /// The record that what is pending begins in.
        var position: LogPosition
    }

    private var pending: [LogRecord.Stream: Pending] = [:]

    /// The earliest record of what was not passed on yet; nil if all was.
    var oldest: LogPosition? { pending.values.map(\.position).min() }

    /// Passes on what the bytes of the record at `position` complete.
    mutating func feed(
        _ header: LogHeader, _ bytes: UnsafeRawBufferPointer, at position: LogPosition, sink: (LogMessage) -> Void
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
        var start = 0
        while start < bytes.count {
            var line =
                pending.removeValue(forKey: stream)
                ?? Pending(time: Instant(nanoseconds: header.nanoseconds), position: position)
            // What lies behind the room that is left is looked at in the next round.
            let room = bytes[start...].prefix(Self.longest - line.bytes.count + 1)
            let newline = room.firstIndex(of: 0x0a)
            let piece = room[..<(newline ?? room.endIndex)].prefix(Self.longest - line.bytes.count)
            line.bytes += piece
            start = piece.endIndex
            if start == newline {
                start += 1
                sink(Self.take(&line, stream, isLast: true))
            } else if line.bytes.count == Self.longest && start < bytes.count {
                sink(Self.take(&line, stream, isLast: false))
                line.position = position
                pending[stream] = line
            } else {
                pending[stream] = line
                return
            }
        }
    }

    /// Passes on what has not ended.
    mutating func flush(sink: (LogMessage) -> Void) {
        for (stream, line) in pending.sorted(by: { $0.value.time < $1.value.time }) {
            var line = line
            sink(Self.take(&line, stream, isLast: true))
        }
        pending = [:]
    }

    /// What is pending as a message; the line goes on with its next part.
    private static func take(_ line: inout Pending, _ stream: LogRecord.Stream, isLast: Bool) -> LogMessage {
        if line.part == nil && !isLast {
            line.part = LogMessage.Part(id: RandomIdentifier.make(), ordinal: 0, isLast: false)
        }
        line.part?.ordinal += 1
        line.part?.isLast = isLast
        defer { line.bytes = [] }
        return LogMessage(time: line.time, stream: stream, bytes: line.bytes, part: line.part)
    }
}
