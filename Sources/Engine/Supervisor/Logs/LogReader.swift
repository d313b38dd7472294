public import EngineModel
internal import Glibc
internal import LinuxSystem
public import Primitives
internal import StateStore
internal import SystemPackage

/// Reads a container's log from its files; needs no supervisor.
public struct LogReader: Sendable {
    private let directory: String

    /// - Parameter directory: ``DataLayout/log(_:)``.
    public init(directory: String) {
        self.directory = directory
    }

    /// Passes the log's lines to `sink` in order. Blocks until the log's end, or with `follow` until `cancellation`
    /// fires, the container is removed, or (`untilExit`) the container has ended for good.
    ///
    /// - Parameters:
    ///   - waitsForStart: with `untilExit`, also waits for the first start of a container that never ran.
    ///   - ended: told of each end of a run, between the lines before and behind it.
    public func read(
        _ options: LogOptions, waitsForStart: Bool = false, cancellation: Cancellation,
        ended: (LogRunEnd) -> Void = { _ in }, sink: (LogRecord) -> Void
    ) throws(EngineError) {
        do throws(Errno) {
            var reading = Reading(directory, options, waitsForStart: waitsForStart)
            var start = LogPosition.start
            if let tail = options.tail {
                start = try tailStart(tail, until: options.until?.nanoseconds ?? .max)
                reading.lastEvent = try lastEvent()
                (reading.skip, reading.end) = try surplus(from: start, over: tail, options)
            }
            var stream = LogStream(directory: directory, from: start)
            try reading.drain(&stream, ended: ended, sink: sink)
            if options.follow { try follow(&reading, &stream, cancellation, ended: ended, sink: sink) }
            reading.flush(sink: sink)
        } catch {
            throw EngineError(.system, directory, "cannot read the log: \(error)")
        }
    }

    /// How many lines from `start` to the log's present end are more than `count`, and where that end is; the latter only
    /// for who does not follow.
    private func surplus(
        from start: LogPosition, over count: Int, _ options: LogOptions
    ) throws(Errno) -> (lines: Int, end: LogPosition?) {
        var lines = 0
        var counting = Reading(directory, options, waitsForStart: false)
        var stream = LogStream(directory: directory, from: start)
        try counting.drainLines(&stream) { _ in lines += 1 }
        if !options.follow { counting.flushLines { _ in lines += 1 } }
        return (max(0, lines - count), options.follow ? nil : stream.position)
    }

    private func follow(
        _ reading: inout Reading, _ stream: inout LogStream, _ cancellation: Cancellation,
        ended: (LogRunEnd) -> Void, sink: (LogRecord) -> Void
    ) throws(Errno) {
        var existed = Files.exists(directory)
        var watch = try LogWatch(directory: directory)
        while true {
            try reading.drain(&stream, ended: ended, sink: sink)
            if reading.isOver || !watch.wait(cancellation) { return }
            if !existed && Files.exists(directory) {
                existed = true
                watch = try LogWatch(directory: directory)
            }
        }
    }

    /// The record from which on there are at least `count` wanted lines, with some to spare for lines that began earlier.
    private func tailStart(_ count: Int, until: Int64) throws(Errno) -> LogPosition {
        if count <= 0 { return try end() }
        var lines = 0
        let wanted = count > Int.max - 2 ? count : count + 2
        for segment in LogFormat.segments(directory).reversed() {
            var stream = LogStream(directory: directory, from: LogPosition(segment: segment, offset: 0))
            var records: [(position: LogPosition, lines: Int)] = []
            while stream.position.segment <= segment {
                let before = stream.position
                var newlines = 0
                let more = try stream.next { header, bytes, _ in
                    let isText = header.kind == .output || header.kind == .error
                    if isText && header.nanoseconds <= until { newlines = Self.newlines(in: bytes) }
                }
                if !more || stream.position.segment != segment { break }
                records.append((before, newlines))
            }
            for record in records.reversed() {
                lines += record.lines
                if lines >= wanted { return record.position }
            }
        }
        return .start
    }

    private func end() throws(Errno) -> LogPosition {
        guard let segment = LogFormat.segments(directory).last else { return .start }
        var stream = LogStream(directory: directory, from: LogPosition(segment: segment, offset: 0))
        while try stream.next({ _, _, _ in }) {}
        return stream.position
    }

    /// Whether the container was running at the log's present end.
    private func lastEvent() throws(Errno) -> LogHeader.Kind? {
        guard let segment = LogFormat.segments(directory).last else { return nil }
        var stream = LogStream(directory: directory, from: LogPosition(segment: segment, offset: 0))
        var event: LogHeader.Kind? = segment > 1 ? .runStarted : nil
        while try stream.next({ header, bytes, _ in event = Reading.event(header, bytes) }) {}
        return event
    }

    private static func newlines(in bytes: UnsafeRawBufferPointer) -> Int {
        var count = 0
        for byte in bytes where byte == 0x0a { count += 1 }
        return count
    }
}

/// The state of one reader.
private struct Reading {
    let options: LogOptions
    let waitsForStart: Bool
    var lastEvent: LogHeader.Kind?
    /// So many wanted lines are not passed on.
    var skip = 0
    /// Nothing from here on is read; nil: no end.
    var end: LogPosition?
    private let directory: String
    private var assembler = LineAssembler()
    private var pastEnd = false

    init(_ directory: String, _ options: LogOptions, waitsForStart: Bool) {
        self.directory = directory
        self.options = options
        self.waitsForStart = waitsForStart
    }

    /// Nothing more will be wanted.
    var isOver: Bool {
        if pastEnd { return true }
        guard options.untilExit else { return false }
        return lastEvent == nil ? !waitsForStart : lastEvent == .runEnded
    }

    /// What a record says about the run: started, or ended for good.
    static func event(_ header: LogHeader, _ bytes: UnsafeRawBufferPointer) -> LogHeader.Kind {
        header.kind == .runEnded && bytes.first != 1 ? .runEnded : .runStarted
    }

    /// Reads to the present end.
    mutating func drain(
        _ stream: inout LogStream, ended: (LogRunEnd) -> Void, sink: (LogRecord) -> Void
    ) throws(Errno) {
        var skip = self.skip
        let directory = directory
        try drainLines(&stream, ended: ended) { Self.deliver($0, skipping: &skip, directory, to: sink) }
        self.skip = skip
    }

    /// Passes on what has not ended.
    mutating func flush(sink: (LogRecord) -> Void) {
        var skip = self.skip
        let directory = directory
        flushLines { Self.deliver($0, skipping: &skip, directory, to: sink) }
        self.skip = skip
    }

    private static func deliver(
        _ line: LogLine, skipping skip: inout Int, _ directory: String, to sink: (LogRecord) -> Void
    ) {
        if skip > 0 { skip -= 1 } else { line.deliver(from: directory, to: sink) }
    }

    mutating func drainLines(
        _ stream: inout LogStream, ended: (LogRunEnd) -> Void = { _ in }, _ body: (LogLine) -> Void
    ) throws(Errno) {
        var state = self
        defer { self = state }
        let until = options.until?.nanoseconds ?? .max
        while !state.pastEnd {
            if let end, stream.position >= end { return }
            let more = try stream.next { header, bytes, position in
                if header.nanoseconds > until {
                    state.pastEnd = true
                    return
                }
                state.lastEvent = Self.event(header, bytes)
                state.assembler.feed(header, bytes, at: position) { if wants($0) { body($0) } }
                if let end = LogRunEnd(header, bytes) { ended(end) }
            }
            if !more { return }
        }
    }

    mutating func flushLines(_ body: (LogLine) -> Void) {
        let options = options
        assembler.flush { if Self.isWanted($0, options) { body($0) } }
    }

    private func wants(_ line: LogLine) -> Bool { Self.isWanted(line, options) }

    private static func isWanted(_ line: LogLine, _ options: LogOptions) -> Bool {
        if let since = options.since, line.time < since { return false }
        if let until = options.until, line.time > until { return false }
        return true
    }
}
