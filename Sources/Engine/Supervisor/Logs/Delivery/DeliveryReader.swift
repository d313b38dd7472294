internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Packets that are sent one after the other, and where in the log they come from.
struct DeliveryBatch: Sendable {
    /// Where to go on if they are not sent.
    let start: LogPosition
    /// Not sent yet, with the token of their message.
    var packets: [(token: UInt64, bytes: [UInt8])] = []
    /// Of the log that is in them.
    var bytes = 0
    /// Of messages that the receiver's protocol has no room for.
    var unsendable = 0

    init(start: LogPosition) {
        self.start = start
    }
}

/// Reads a log as packets. Used by one thread.
struct DeliveryReader: ~Copyable {
    /// Bytes of output that make a batch.
    private static let batchSize = 128 << 10
    private static let bufferSize = 64 << 10

    private let directory: String
    private let encoder: LogEncoder
    private var stream: LogStream
    private var assembler = MessageAssembler()
    private var watch: LogWatch?

    init(directory: String, from start: LogPosition, _ encoder: LogEncoder) {
        self.directory = directory
        self.encoder = encoder
        stream = LogStream(directory: directory, from: start, bufferSize: Self.bufferSize)
    }

    /// What is read until its end, even if it is removed meanwhile.
    var segment: Int { stream.openSegment ?? stream.position.segment }

    /// Where to go on once all batches were sent.
    var delivered: LogPosition { assembler.oldest ?? stream.position }

    /// What comes next; without packets if nothing does now. nil if the log cannot be read.
    ///
    /// - Parameter flushing: also what has no newline yet.
    mutating func batch(flushing: Bool) -> DeliveryBatch? {
        var batch = DeliveryBatch(start: delivered)
        var generator = SystemRandomNumberGenerator()
        let encoder = encoder
        func add(_ message: LogMessage) {
            let token = generator.next()
            let packets = encoder.packets(of: message, token: token)
            if packets.isEmpty { batch.unsendable += message.bytes.count }
            batch.packets += packets.map { (token, $0) }
            batch.bytes += message.bytes.count + 1
        }
        while batch.bytes < Self.batchSize {
            var assembler = MessageAssembler()
            swap(&assembler, &self.assembler)
            let more = try? stream.next { assembler.feed($0, $1, at: $2, sink: add) }
            swap(&assembler, &self.assembler)
            guard let more else { return nil }
            if more { continue }
            if flushing { self.assembler.flush(sink: add) }
            break
        }
        return batch
    }

    /// Blocks until there may be more, or `cancellation` fires.
    ///
    /// - Returns: false if there will be none: the log is gone.
    mutating func wait(_ cancellation: Cancellation) -> Bool {
        if watch == nil {
            // What came before it was watched is looked at first.
            watch = try? LogWatch(directory: directory)
            return watch != nil
        }
        return watch!.wait(cancellation)
    }

    /// Bytes of the log from a position on.
    func backlog(from place: LogPosition) -> Int {
        LogFormat.segments(directory).filter { $0 >= place.segment }.reduce(0) { sum, segment in
            let size = (try? LogCompression.size(of: segment, in: directory)) ?? 0
            return sum + (segment == place.segment ? max(0, size - place.offset) : size)
        }
    }

    /// Passes over the oldest output from a position on until no more than `limit` bytes of the log are left.
    ///
    /// - Returns: how many bytes of output that were.
    mutating func skip(from start: LogPosition, to limit: Int) -> Int {
        assembler = MessageAssembler()
        stream = LogStream(directory: directory, from: start, bufferSize: Self.bufferSize)
        var left = backlog(from: start)
        var skipped = 0
        while left > limit {
            let more = try? stream.next { header, bytes, _ in
                skipped += header.kind == .output || header.kind == .error ? bytes.count : 0
                left -= LogFormat.headerSize + bytes.count
            }
            if more != true { break }
        }
        return skipped
    }
}
