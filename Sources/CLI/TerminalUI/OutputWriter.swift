internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// Buffered bytes for one descriptor, shared by all threads that print. A line that was given in one call stays whole.
///
/// Write errors end the output silently (a closed pipe is the reader's wish); ``failed`` tells.
public final class OutputWriter: Sendable {
    private struct State {
        var buffer: [UInt8] = []
        var failed = false
        var flushing = false
        var footer: ScreenFooter?
        /// What is being written in parts: others wait for its end.
        var line: PartedLine?
    }

    /// Where the bytes go; stays its owner's.
    public let descriptor: Int32
    /// With every call the bytes go out at once.
    private let immediate: Bool
    private let state = Mutex(State())
    private static let capacity = 1 << 16

    public init(_ descriptor: Int32, immediate: Bool = false) {
        self.descriptor = descriptor
        self.immediate = immediate
    }

    /// Whether a terminal reads.
    public var isTerminal: Bool { isatty(descriptor) == 1 }
    /// Whether a write failed: nobody reads any more, and all that follows is dropped.
    public var failed: Bool { state.withLock { $0.failed } }

    /// Writes the text and a newline.
    public func line(_ text: String) {
        var text = text
        text += "\n"
        write(text)
    }

    /// Writes the text as it is.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// Writes the bytes as they are.
    public func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    /// Adds `pieces` one after the other, with nothing of another thread between them.
    public func write(pieces: [UInt8]..., newline: Bool) {
        add { buffer in
            for piece in pieces { buffer += piece }
            if newline { buffer.append(0x0a) }
        }
    }

    /// Begins a line that comes in parts. Blocks while another one is being written; nobody else writes until its end.
    public func beginLine() -> PartedLine {
        let line = PartedLine()
        inTurn(nil) { $0.line = line }
        return line
    }

    /// Adds a part of a line.
    ///
    /// - Parameter isLast: a newline follows it, and others may write again.
    public func write(_ bytes: [UInt8], of line: PartedLine, isLast: Bool) {
        add(line) { buffer in
            buffer += bytes
            if isLast { buffer.append(0x0a) }
        }
        if !isLast { return }
        state.withLock { $0.line = nil }
        line.end()
    }

    /// Writes the bytes as they are.
    public func write(_ bytes: UnsafeRawBufferPointer) {
        add { $0.append(contentsOf: bytes) }
    }

    private func add(_ line: PartedLine? = nil, _ body: (inout [UInt8]) -> Void) {
        inTurn(line) { state in
            body(&state.buffer)
            if immediate || state.buffer.count >= Self.capacity { drain(&state) }
        }
    }

    /// Runs `body` once no line of somebody else is being written.
    private func inTurn(_ line: PartedLine?, _ body: (inout State) -> Void) {
        while true {
            let other = state.withLock { state -> PartedLine? in
                if let other = state.line, other !== line { return other }
                body(&state)
                return nil
            }
            guard let other else { return }
            other.wait()
        }
    }

    /// Calls `action` once, on a thread of its own, when whoever reads has gone: also while nothing is written. For what
    /// waits for something to print; never for a file.
    public func whenClosed(_ action: @escaping @Sendable () -> Void) {
        try? startThread(name: "reader") { [self] in
            // Asked for nothing, poll(2) tells only of the other end.
            var watched = pollfd(fd: descriptor, events: 0, revents: 0)
            while poll(&watched, 1, -1) < 0 && errno == EINTR {}
            state.withLock { $0.failed = true }
            action()
        }
    }

    /// What is written from now on goes above `footer`.
    public func setFooter(_ footer: ScreenFooter?) { state.withLock { $0.footer = footer } }

    /// Hands everything that is buffered to the kernel.
    public func flush() {
        state.withLock { drain(&$0) }
    }

    /// Has what is buffered written within some milliseconds: many lines in a row go out together.
    public func flushSoon() {
        let first = state.withLock { state in
            if state.flushing || state.buffer.isEmpty { return false }
            state.flushing = true
            return true
        }
        guard first else { return }
        do {
            try startThread(name: "flush") { [self] in
                pause(until: monotonicNanoseconds() + Self.delay)
                state.withLock { state in
                    state.flushing = false
                    drain(&state)
                }
            }
        } catch {
            flush()
        }
    }

    /// Nanoseconds between a line and its appearance at most.
    private static let delay: Int64 = 2_000_000

    // The lock is held over write(2): the order of the output is what it guards.
    private func drain(_ state: inout State) {
        guard let footer = state.footer, !state.buffer.isEmpty else { return put(&state) }
        footer.around(endsLine: state.buffer.last == 0x0a) { put(&state) }
    }

    private func put(_ state: inout State) {
        var start = 0
        while start < state.buffer.count, !state.failed {
            let count = state.buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start)
            }
            if count >= 0 {
                start += count
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            } else if errno != EINTR {
                state.failed = true
            }
        }
        state.buffer.removeAll(keepingCapacity: true)
    }
}
