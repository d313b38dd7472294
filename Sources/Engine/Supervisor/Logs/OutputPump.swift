internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Moves what one stream of a container writes to its log.
///
/// While much comes, it looks only every other millisecond and takes all there is: the writer is woken seldom and the
/// log gets few records. The first bytes after a pause are taken at once.
@LoopActor
final class OutputPump {
    private static let pause: Int64 = 2_000_000

    private let stream: OutputStream
    private let loop: EventLoop
    private var lastChunk: Int64 = 0
    private var finished = false
    private var lostBytes = 0

    /// - Parameter source: reading end of a pipe, or the master of a terminal; non-blocking.
    nonisolated init(_ source: consuming Descriptor, _ kind: LogHeader.Kind, log: LogWriter, loop: EventLoop) {
        stream = OutputStream(source, kind, log: log)
        self.loop = loop
    }

    func start() throws(Errno) {
        try loop.add(stream.source.raw, .readable) { [weak self] _ in self?.ready() }
    }

    /// Takes what is left, once nobody writes any more. Any thread; blocks for as long as the file takes.
    ///
    /// - Returns: the number of bytes that could not be written to the log in the whole run.
    nonisolated func finish() -> Int {
        var lost = LoopActor.sync {
            finished = true
            loop.remove(stream.source.raw)
            return lostBytes
        }
        while case .taken(let part) = stream.take() { lost += part }
        return lost
    }

    private func ready() {
        if finished { return }
        switch stream.take() {
        case .taken(let lost): lostBytes += lost
        case .nothing: break
        case .ended: return loop.remove(stream.source.raw)
        }
        let now = monotonicNanoseconds()
        let busy = now - lastChunk < 2 * Self.pause
        lastChunk = now
        guard busy, !stream.isTerminal, (try? loop.change(stream.source.raw, [])) != nil else { return }
        loop.after(nanoseconds: Self.pause) { [weak self] in self?.resume() }
    }

    private func resume() {
        if finished { return }
        try? loop.change(stream.source.raw, .readable)
    }
}

/// What a container writes, and the log that it goes to. Used by one thread at a time.
private struct OutputStream: ~Copyable, Sendable {
    /// What came of looking for output.
    enum Taken {
        /// Some was there; so many bytes of it could not be written to the log.
        case taken(lost: Int)
        case nothing
        /// A terminal that no process has open any more.
        case ended
    }

    let source: Descriptor
    let isTerminal: Bool
    private let kind: LogHeader.Kind
    private let log: LogWriter

    init(_ source: consuming Descriptor, _ kind: LogHeader.Kind, log: LogWriter) {
        isTerminal = isatty(source.raw) == 1
        self.source = source
        self.kind = kind
        self.log = log
    }

    func take() -> Taken {
        if isTerminal { return takeFromTerminal() }
        do throws(Errno) {
            return try log.splice(from: source.raw, kind) > 0 ? .taken(lost: 0) : .nothing
        } catch {
            // A full disk must not stop the container.
            return discard()
        }
    }

    private func takeFromTerminal() -> Taken {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(source.raw, &buffer, buffer.count)
        if count < 0 { return errno == EAGAIN || errno == EINTR ? .nothing : .ended }
        if count == 0 { return .ended }
        buffer.removeLast(buffer.count - count)
        do throws(Errno) {
            try log.append(kind, buffer)
            return .taken(lost: 0)
        } catch {
            return .taken(lost: count)
        }
    }

    private func discard() -> Taken {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(source.raw, &buffer, buffer.count)
        return count > 0 ? .taken(lost: count) : .nothing
    }
}
