internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Synchronization
internal import SystemPackage

/// Sends what a container's log gets to a receiver, on a thread of its own.
///
/// The log is the queue: it holds what the receiver did not take yet, so nobody holds the container up, and how far it got
/// is written beside the log, so that who comes later goes on there. What rotation removes before it was taken is lost,
/// and counted.
final class LogDelivery: Sendable {
    private struct State {
        /// The segment that is being read; what is removed behind it was not delivered.
        var segment = 0
        /// Bytes that no one will send any more.
        var lost = 0
        var isEnding = false
        var deadline: Int64 = .max
    }

    /// Nanoseconds that the first connection may take.
    private static let patience: Int64 = 10_000_000_000
    /// Nanoseconds that may pass at the container's end until all is sent.
    private static let farewell: Int64 = 5_000_000_000

    private let name: String
    private let directory: String
    private let marker: LogMarker
    private let encoder: LogEncoder
    private let target: LogTarget
    private let troubles: TroubleLog
    private let state = Mutex(State())
    private let ending = Cancellation()
    private let done: WakeUp

    /// - Parameters:
    ///   - name: of the container.
    ///   - directory: of its log.
    ///   - marker: how far messages were sent.
    init(
        _ name: String, directory: String, marker: LogMarker, encoder: LogEncoder, target: LogTarget,
        troubles: TroubleLog
    ) throws(Errno) {
        self.name = name
        self.directory = directory
        self.marker = marker
        self.encoder = encoder
        self.target = target
        self.troubles = troubles
        done = try WakeUp()
    }

    /// Tries whether somebody is there.
    static func check(_ target: LogTarget) throws(LogFailure) {
        _ = try LogConnection(target, deadline: monotonicNanoseconds() + patience)
    }

    /// Begins to send what `log` gets from now on, and what it has that was not sent.
    func start(following log: LogWriter) throws(Errno) {
        let start = marker.position ?? log.position
        state.withLock { $0.segment = start.segment }
        log.whenRemoving { [weak self] segment, bytes in self?.removed(segment, bytes) }
        do throws(Errno) {
            try startThread(name: "log driver") { [self] in
                run(from: start)
                done.fire()
            }
        } catch {
            done.fire()
            throw error
        }
    }

    /// Everything the container wrote is in the log. Blocks until it is sent, for as long as the receiver takes it, at
    /// most some seconds.
    func finish() {
        state.withLock { state in
            state.isEnding = true
            state.deadline = monotonicNanoseconds() + Self.farewell
        }
        ending.cancel()
        done.wait()
    }

    private func removed(_ segment: Int, _ bytes: Int) {
        state.withLock { if segment > $0.segment { $0.lost += bytes } }
    }

    private var isEnding: Bool { state.withLock { $0.isEnding } }

    // MARK: The thread

    private func run(from start: LogPosition) {
        var reader = DeliveryReader(directory: directory, from: start, encoder)
        var line = DeliveryLine(target)
        while true {
            let last = isEnding
            guard var batch = reader.batch(flushing: last) else {
                return troubles.write("\(name): its log cannot be read: what follows is not sent")
            }
            state.withLock { $0.segment = reader.segment }
            if batch.packets.isEmpty {
                marker.save(reader.delivered)
                if last || !reader.wait(ending) && !isEnding { return }
                continue
            }
            guard send(&batch, &line, &reader) else { return marker.save(batch.start) }
            marker.note(reader.delivered)
        }
    }

    /// Sends the batch, however often it takes; or drops it, where the settings say so.
    ///
    /// - Returns: false if the container has ended and the receiver takes nothing.
    private func send(_ batch: inout DeliveryBatch, _ line: inout DeliveryLine, _ reader: inout DeliveryReader) -> Bool
    {
        var attempts = 0
        while true {
            do throws(LogFailure) {
                lose(try line.send(&batch, until: state.withLock { $0.deadline }))
                tellOfSuccess(&line)
                return true
            } catch {
                if line.failures == 0 { troubles.write("\(name): \(error.reason): its output waits") }
                line.failures += 1
                attempts += 1
            }
            if isEnding {
                troubles.write("\(name): it ended before all was sent, the rest is sent when it is started again")
                return false
            }
            if let limit = target.retry.attempts, attempts > limit {
                lose(batch.bytes)
                return true
            }
            _ = ending.wait(until: monotonicNanoseconds() + target.retry.wait(after: line.failures))
            if let limit = target.backlog, reader.backlog(from: batch.start) > limit {
                lose(reader.skip(from: batch.start, to: limit))
                return true
            }
        }
    }

    private func lose(_ bytes: Int) { state.withLock { $0.lost += bytes } }

    private func tellOfSuccess(_ line: inout DeliveryLine) {
        let lost = state.withLock { state in
            defer { state.lost = 0 }
            return state.lost
        }
        if line.failures > 0 || lost > 0 {
            let head =
                line.failures > 0 ? "after \(line.failures) failed attempts its output is sent" : "its output is sent"
            troubles.write("\(name): \(head)" + (lost > 0 ? ", but \(lost) bytes of it were dropped" : ""))
        }
        line.failures = 0
    }
}
