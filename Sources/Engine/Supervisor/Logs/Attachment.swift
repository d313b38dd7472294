internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// A caller's streams joined to a container's, in the caller's process.
///
/// Output is read from the container's log, input is written straight to the container. So a slow caller never holds
/// the container up, and a dead supervisor does not cut the connection.
public final class Attachment: Sendable {
    /// Where the container's standard input or terminal is written to.
    private let sink: InputSink?
    private let cancellation = Cancellation()
    private let finished: WakeUp
    private let stopInput: WakeUp

    /// Starts to pass output and input on, each on a thread of its own.
    ///
    /// - Parameter presence: from before the container may have begun to run; nil if it is gone already. Whoever removes
    ///   the container waits for it.
    init(
        log: String, from position: LogPosition, streams: AttachedStreams, input: consuming Descriptor?,
        presence: LogReaders.Presence?
    ) throws(EngineError) {
        if let input { sink = InputSink(input) } else { sink = nil }
        do throws(Errno) {
            stopInput = try WakeUp()
            let finished = try WakeUp()
            self.finished = finished
            let cancellation = cancellation
            let output = OutputCopy(
                directory: log, from: position, output: streams.output, error: streams.error, presence: presence)
            try startThread(name: "output") {
                output.run(cancellation)
                finished.fire()
            }
            if let source = streams.input, let sink {
                let stop = stopInput
                try startThread(name: "input") {
                    if sink.copy(from: source, until: stop.raw, keys: streams.detachKeys) { streams.detached() }
                }
            }
        } catch {
            throw EngineError(error, "container", doing: "its streams cannot be attached")
        }
    }

    deinit {
        stopInput.fire()
        cancellation.cancel()
    }

    /// Blocks until the container's run has ended and all of its output was passed on. Input is no longer read then.
    public func wait() {
        finished.wait()
        stopInput.fire()
    }

    /// Lets go of the container, which goes on.
    public func detach() {
        stopInput.fire()
        cancellation.cancel()
        finished.wait()
    }

    /// Sets the size of the container's terminal; does nothing without one.
    public func resize(rows: UInt16, columns: UInt16) {
        guard let sink else { return }
        _ = clinux_set_window_size(sink.descriptor.raw, rows, columns)
    }
}

/// Passes a run's output on from the log.
private struct OutputCopy: Sendable {
    let directory: String
    let from: LogPosition
    let output: Int32?
    let error: Int32?
    private let presence: LogReaders.Presence?

    init(
        directory: String, from position: LogPosition, output: Int32?, error: Int32?, presence: LogReaders.Presence?
    ) {
        self.directory = directory
        from = position
        self.output = output
        self.error = error
        self.presence = presence
    }

    func run(_ cancellation: Cancellation) {
        blockPipeSignal()
        defer { withExtendedLifetime(presence) {} }
        // It was there before this began: without it there is nothing to wait for.
        guard let watch = try? LogWatch(directory: directory), Files.exists(directory) else { return }
        var stream = LogStream(directory: directory, from: from)
        var ended = false
        while !ended {
            let more = try? stream.next { header, bytes, _ in
                switch header.kind {
                case .output: write(bytes, to: output)
                case .error: write(bytes, to: error)
                case .runStarted: break
                case .runEnded: ended = bytes.first != 1
                }
            }
            if more == true { continue }
            if more == nil || !watch.wait(cancellation) { return }
        }
    }

    /// What nobody reads any more is dropped.
    private func write(_ bytes: UnsafeRawBufferPointer, to fd: Int32?) {
        guard let fd, let base = bytes.baseAddress else { return }
        writeFully(fd, base, bytes.count)
    }
}

/// The writing end of a container's standard input.
private final class InputSink: Sendable {
    let descriptor: Descriptor
    private let isTerminal: Bool

    init(_ descriptor: consuming Descriptor) {
        isTerminal = isatty(descriptor.raw) == 1
        self.descriptor = descriptor
    }

    /// Copies to the end of `source` or until `stop` becomes readable. Then a pipe is closed; a terminal's program
    /// learns of the end by the end-of-file character.
    ///
    /// - Returns: whether `keys` were typed at a terminal; then its program learns of nothing.
    func copy(from source: Int32, until stop: Int32, keys: DetachKeys?) -> Bool {
        blockPipeSignal()
        var matcher = isTerminal ? keys.map { DetachKeyMatcher($0) } : nil
        var buffer = [UInt8](repeating: 0, count: 32 << 10)
        var watched = [
            pollfd(fd: source, events: Int16(POLLIN), revents: 0), pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            if poll(&watched, 2, -1) < 0 && errno != EINTR { break }
            if watched[1].revents != 0 { break }
            if watched[0].revents == 0 { continue }
            let count = read(source, &buffer, buffer.count)
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            if count <= 0 { break }
            let typed = matcher?.take(buffer[..<count])
            if !pass(typed?.passed ?? Array(buffer[..<count])) { break }
            if typed?.detached == true { return true }
        }
        finish()
        return false
    }

    private func pass(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { writeFully(descriptor.raw, $0.baseAddress, $0.count) }
    }

    private func finish() {
        if isTerminal {
            var endOfFile: UInt8 = 4
            _ = write(descriptor.raw, &endOfFile, 1)
            return
        }
        // The number stays taken until this object goes, so that nobody else's descriptor can be meant by it.
        if let nothing = try? Descriptor.open("/dev/null", O_WRONLY) { dup2(nothing.raw, descriptor.raw) }
    }
}

/// Writes of this thread to a closed pipe fail with EPIPE instead of ending the process.
private func blockPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}

/// False if the other end is gone.
@discardableResult
private func writeFully(_ fd: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Bool {
    guard let bytes else { return true }
    var start = 0
    while start < count {
        let written = write(fd, bytes + start, count - start)
        if written >= 0 {
            start += written
        } else if errno == EAGAIN {
            var watched = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
            poll(&watched, 1, -1)
        } else if errno != EINTR {
            return false
        }
    }
    return true
}
