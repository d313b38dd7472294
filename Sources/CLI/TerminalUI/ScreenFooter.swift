internal import CLinux
internal import Glibc
internal import Synchronization

/// A line at the bottom of a terminal, below what is printed: erased before each piece of output and drawn anew after it,
/// as far down as the window reaches at that time.
///
/// The writers that print on the terminal get it with ``OutputWriter/setFooter(_:)``. Any thread may use it.
public final class ScreenFooter: Sendable {
    private struct State {
        var text = ""
        var ended = false
        /// A line is being written in parts: what stands below it has to wait.
        var isInLine = false
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    /// - Parameter descriptor: the terminal; stays its owner's.
    public init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Shows `text`; empty shows nothing until the next one.
    public func show(_ text: String) {
        state.withLock { state in
            state.text = text
            if !state.ended && !state.isInLine { put(Self.erasure + drawing(state)) }
        }
    }

    /// Draws it again: the window has another size.
    public func redraw() {
        state.withLock { if !$0.ended && !$0.isInLine { put(Self.erasure + drawing($0)) } }
    }

    /// Erases it, for good.
    public func end() {
        state.withLock { state in
            if !state.ended && !state.isInLine { put(Self.erasure) }
            state.ended = true
        }
    }

    /// Runs `write` without the footer in its way.
    ///
    /// - Parameter endsLine: whether what it writes ends with a line.
    func around(endsLine: Bool, _ write: () -> Void) {
        state.withLock { state in
            if state.ended { return write() }
            if !state.isInLine { put(Self.erasure) }
            write()
            state.isInLine = !endsLine
            if endsLine { put(drawing(state)) }
        }
    }

    /// From the cursor, which stands behind the last line, to the end of the screen.
    private static let erasure = "\r\u{1b}[J"

    private func drawing(_ state: State) -> String {
        if state.text.isEmpty { return "" }
        var rows: UInt16 = 0
        var columns: UInt16 = 0
        if clinux_get_window_size(descriptor, &rows, &columns) != 0 || rows < 3 { return "" }
        // A line is kept free for it; the cursor stays where the output goes on.
        return "\n\u{1b}[1A\u{1b}7\u{1b}[\(rows);1H\u{1b}[2K\(state.text)\u{1b}8"
    }

    private func put(_ text: String) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + start, bytes.count - start) }
            if count > 0 { start += count } else if count == 0 || errno != EINTR { return }
        }
    }
}
