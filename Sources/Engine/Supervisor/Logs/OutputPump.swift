internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// Moves what one stream of a container writes to its log, on the event loop.
///
/// While much comes, it looks only every other millisecond and takes all there is: the writer is woken seldom and the
/// log gets few records. The first bytes after a pause are taken at once.
final class OutputPump: Sendable {
    private struct State {
        var lastChunk: Int64 = 0
        var finished = false
        var lostBytes = 0
    }

    private static let pause: Int64 = 2_000_000

    private let source: Descriptor
    private let kind: LogHeader.Kind
    private let log: LogWriter
    private let loop: EventLoop
    private let isTerminal: Bool
    private let state = Mutex(State())

    /// - Parameter source: reading end of a pipe, or the master of a terminal; non-blocking.
    init(_ source: consuming Descriptor, _ kind: LogHeader.Kind, log: LogWriter, loop: EventLoop) {
        isTerminal = isatty(source.raw) == 1
        self.source = source
        self.kind = kind
        self.log = log
        self.loop = loop
    }

    func start() throws(Errno) {
        try loop.add(source.raw, .readable) { [weak self] events in self?.ready(events) }
    }

    /// Takes what is left, once nobody writes any more. Any thread.
    ///
    /// - Returns: the number of bytes that could not be written to the log in the whole run.
    func finish() -> Int {
        state.withLock { $0.finished = true }
        loop.remove(source.raw)
        while take() > 0 {}
        return state.withLock { $0.lostBytes }
    }

    private func ready(_ events: EventSet) {
        if state.withLock({ $0.finished }) { return }
        let taken = take()
        if taken < 0 {
            // A terminal that no process has open any more.
            loop.remove(source.raw)
            return
        }
        let now = monotonicNanoseconds()
        let busy = state.withLock { state in
            defer { state.lastChunk = now }
            return now - state.lastChunk < 2 * Self.pause
        }
        guard busy, !isTerminal, (try? loop.change(source.raw, [])) != nil else { return }
        loop.after(nanoseconds: Self.pause) { [weak self] in self?.resume() }
    }

    private func resume() {
        if state.withLock({ $0.finished }) { return }
        try? loop.change(source.raw, .readable)
    }

    /// Bytes taken; 0 when there is nothing now, -1 at the end.
    private func take() -> Int {
        if isTerminal { return takeFromTerminal() }
        do throws(Errno) {
            return try log.splice(from: source.raw, kind)
        } catch {
            // A full disk must not stop the container.
            return discard()
        }
    }

    private func takeFromTerminal() -> Int {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(source.raw, &buffer, buffer.count)
        if count < 0 { return errno == EAGAIN || errno == EINTR ? 0 : -1 }
        if count == 0 { return -1 }
        buffer.removeLast(buffer.count - count)
        do throws(Errno) {
            try log.append(kind, buffer)
        } catch {
            state.withLock { $0.lostBytes += count }
        }
        return count
    }

    private func discard() -> Int {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(source.raw, &buffer, buffer.count)
        if count <= 0 { return 0 }
        state.withLock { $0.lostBytes += count }
        return count
    }
}
