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
            var reading = Reading(options: options, waitsForStart: waitsForStart)
            var start = LogPosition.start
            if let tail = options.tail {
                start = try tailStart(tail)
                reading.lastEvent = try lastEvent()
            }
            var stream = LogStream(directory: directory, from: start)
            if let tail = options.tail {
                var last = LastLines(tail)
                var ends: [LogRunEnd] = []
                try reading.drain(&stream, ended: { ends.append($0) }, sink: { last.add($0) })
                if !options.follow { reading.assembler.flush { last.add($0) } }
                last.deliver(to: sink)
                for end in ends { ended(end) }
            } else {
                try reading.drain(&stream, ended: ended, sink: sink)
            }
            if options.follow { try follow(&reading, &stream, cancellation, ended: ended, sink: sink) }
            let limits = reading
            reading.assembler.flush { if limits.wants($0) { sink($0) } }
        } catch {
            throw EngineError(.system, directory, "cannot read the log: \(error)")
        }
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

    /// The record from which on there are at least `count` lines, with some to spare for lines that began earlier.
    private func tailStart(_ count: Int) throws(Errno) -> LogPosition {
        if count <= 0 { return try end() }
        var lines = 0
        let wanted = count > Int.max - 2 ? count : count + 2
        for segment in LogFormat.segments(directory).reversed() {
            var stream = LogStream(directory: directory, from: LogPosition(segment: segment, offset: 0))
            var records: [(position: LogPosition, lines: Int)] = []
            while stream.position.segment <= segment {
                let before = stream.position
                var newlines = 0
                let more = try stream.next { header, bytes in
                    if header.kind == .output || header.kind == .error { newlines = Self.newlines(in: bytes) }
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
        while try stream.next({ _, _ in }) {}
        return stream.position
    }

    /// Whether the container was running at the log's present end.
    private func lastEvent() throws(Errno) -> LogHeader.Kind? {
        guard let segment = LogFormat.segments(directory).last else { return nil }
        var stream = LogStream(directory: directory, from: LogPosition(segment: segment, offset: 0))
        var event: LogHeader.Kind? = segment > 1 ? .runStarted : nil
        while try stream.next({ event = Reading.event($0, $1) }) {}
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
    var assembler = LineAssembler()
    var lastEvent: LogHeader.Kind?
    private var pastEnd = false

    init(options: LogOptions, waitsForStart: Bool) {
        self.options = options
        self.waitsForStart = waitsForStart
    }

    /// Nothing more will be wanted.
    var isOver: Bool {
        if pastEnd { return true }
        guard options.untilExit else { return false }
        return lastEvent == nil ? !waitsForStart : lastEvent == .runEnded
    }

    func wants(_ record: LogRecord) -> Bool {
        if let since = options.since, record.time < since { return false }
        if let until = options.until, record.time > until { return false }
        return true
    }

    /// What a record says about the run: started, or ended for good.
    static func event(_ header: LogHeader, _ bytes: UnsafeRawBufferPointer) -> LogHeader.Kind {
        header.kind == .runEnded && bytes.first != 1 ? .runEnded : .runStarted
    }

    /// Reads to the present end.
    mutating func drain(
        _ stream: inout LogStream, ended: (LogRunEnd) -> Void, sink: (LogRecord) -> Void
    ) throws(Errno) {
        var state = self
        defer { self = state }
        let until = options.until?.nanoseconds ?? .max
        while !state.pastEnd {
            let more = try stream.next { header, bytes in
                if header.nanoseconds > until {
                    state.pastEnd = true
                    return
                }
                state.lastEvent = Self.event(header, bytes)
                state.assembler.feed(header, bytes) { if wants($0) { sink($0) } }
                if let end = LogRunEnd(header, bytes) { ended(end) }
            }
            if !more { return }
        }
    }
}

/// Keeps the last so many lines.
private struct LastLines {
    private let count: Int
    private var lines: [LogRecord] = []
    private var next = 0

    init(_ count: Int) {
        self.count = count
    }

    mutating func add(_ line: LogRecord) {
        if count <= 0 { return }
        if lines.count < count {
            lines.append(line)
        } else {
            lines[next] = line
            next = (next + 1) % count
        }
    }

    func deliver(to sink: (LogRecord) -> Void) {
        for index in lines.indices { sink(lines[(next + index) % lines.count]) }
    }
}
