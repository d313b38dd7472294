internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// Shows the progress of builds. Any thread may report.
public protocol BuildDisplay: Sendable {
    func report(_ event: BuildStepEvent)
    /// Ends the display; what comes later is printed below it.
    func finish()
}

/// Shows nothing.
public struct QuietBuildDisplay: BuildDisplay {
    public init() {}
    /// Takes the next event; any thread may call it.
    public func report(_ event: BuildStepEvent) {}
    /// Ends the display: what is unfinished is printed for the last time.
    public func finish() {}
}

/// Lines of text: see ``PlainBuildText``.
public final class PlainBuildDisplay: BuildDisplay {
    private struct State {
        var text = PlainBuildText()
        var running = false
        var finished = false
    }

    private let output: OutputWriter
    private let state = Mutex(State())
    /// Ends the thread that draws.
    private let ended = Semaphore()

    public init(_ output: OutputWriter) {
        self.output = output
    }

    /// Takes the next event; any thread may call it.
    public func report(_ event: BuildStepEvent) {
        let begin = state.withLock { state in
            if state.finished { return false }
            print(state.text.handle(event, now: monotonicNanoseconds()))
            defer { state.running = true }
            return !state.running
        }
        if begin { try? startThread(name: "build progress") { [self] in keepTime() } }
    }

    /// Ends the display: what is unfinished is printed for the last time.
    public func finish() {
        state.withLock { state in
            if state.finished { return }
            print(state.text.finish())
            state.finished = true
            ended.signal()
        }
    }

    private func keepTime() {
        while !ended.wait(until: monotonicNanoseconds() + 500_000_000) {
            state.withLock { state in
                if !state.finished { print(state.text.tick(now: monotonicNanoseconds())) }
            }
        }
    }

    // Called with the lock held: the order of the output is what it guards.
    private func print(_ text: String) {
        if text.isEmpty { return }
        output.write(text)
        output.flush()
    }
}

/// A list that is drawn anew: see ``BuildList``.
public final class TerminalBuildDisplay: BuildDisplay {
    private struct State {
        var list = BuildList()
        var drawnLines = 0
        var running = false
        var finished = false
    }

    private let output: OutputWriter
    private let colours: Bool
    private let state = Mutex(State())
    /// Ends the thread that draws.
    private let ended = Semaphore()
    /// Between two drawings, in nanoseconds.
    private static let interval: Int64 = 100_000_000

    public init(_ output: OutputWriter, colours: Bool) {
        self.output = output
        self.colours = colours
    }

    /// Takes the next event; any thread may call it.
    public func report(_ event: BuildStepEvent) {
        let begin = state.withLock { state in
            if state.finished { return false }
            state.list.handle(event, now: monotonicNanoseconds())
            defer { state.running = true }
            return !state.running
        }
        if begin {
            output.write("\u{1b}[?25l")
            try? startThread(name: "build progress") { [self] in redraw() }
        }
    }

    /// Ends the display: what is unfinished is printed for the last time.
    public func finish() {
        state.withLock { state in
            if state.finished { return }
            state.finished = true
            ended.signal()
            guard state.running else { return }
            draw(&state)
            output.write("\u{1b}[?25h" + state.list.conclusion)
            output.flush()
        }
    }

    private func redraw() {
        while true {
            let isFinished = state.withLock { state in
                if state.finished { return true }
                draw(&state)
                return false
            }
            if isFinished { return }
            if ended.wait(until: monotonicNanoseconds() + Self.interval) { return }
        }
    }

    // Called with the lock held: drawings must not mix.
    private func draw(_ state: inout State) {
        var rows: UInt16 = 0
        var columns: UInt16 = 0
        if clinux_get_window_size(output.descriptor, &rows, &columns) != 0 || columns < 20 || rows < 3 {
            (rows, columns) = (24, 80)
        }
        let lines = state.list.lines(
            now: monotonicNanoseconds(), width: Int(columns), height: Int(rows) - 1, finished: state.finished,
            colours: colours)
        // What was drawn is overwritten line by line; the rest of a longer drawing is erased.
        var text = state.drawnLines > 0 ? "\u{1b}[\(state.drawnLines)A\r" : ""
        for line in lines { text += line + "\u{1b}[K\n" }
        text += "\u{1b}[J"
        state.drawnLines = lines.count
        output.write(text)
        output.flush()
    }
}
