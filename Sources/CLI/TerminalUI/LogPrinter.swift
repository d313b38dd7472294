internal import Synchronization

/// Prints lines of several containers, each behind its name: `web-1  | `.
///
/// Any thread may print; the names are padded to the widest known so far.
public final class LogPrinter: Sendable {
    private struct State {
        var width = 0
        var prefixes: [String: [UInt8]] = [:]
        var colours: [String: Colour] = [:]
        /// Lines that were not printed to their ends, by name.
        var open: [String: PartedLine] = [:]
    }

    private let output: OutputWriter
    private let colours: Bool
    private let prefixes: Bool
    private let state = Mutex(State())

    public init(_ output: OutputWriter, colours: Bool, prefixes: Bool) {
        self.output = output
        self.colours = colours
        self.prefixes = prefixes
    }

    /// Makes room for `name` before its first line comes; `service` decides on the colour.
    public func register(_ name: String, service: String) {
        state.withLock { state in
            if state.colours[service] == nil {
                state.colours[service] = Colour.ofServices[state.colours.count % Colour.ofServices.count]
            }
            if name.count > state.width {
                state.width = name.count
                state.prefixes.removeAll()
            }
        }
    }

    /// One line; `time` goes between the prefix and the text.
    ///
    /// - Parameter complete: false: more of the line follows from this thread, and others wait for it.
    public func print(_ line: [UInt8], of name: String, service: String, time: String? = nil, complete: Bool = true) {
        if let begun = state.withLock({ complete ? $0.open.removeValue(forKey: name) : $0.open[name] }) {
            return output.write(line, of: begun, isLast: complete)
        }
        let stamp: [UInt8] = time.map { Array($0.utf8) + [0x20] } ?? []
        let head = prefixes ? prefix(name, service) : []
        if complete { return output.write(pieces: head, stamp, line, newline: true) }
        let begun = output.beginLine()
        state.withLock { $0.open[name] = begun }
        output.write(head + stamp + line, of: begun, isLast: false)
    }

    private func prefix(_ name: String, _ service: String) -> [UInt8] {
        state.withLock { state in
            if let known = state.prefixes[name] { return known }
            var text = name + String(repeating: " ", count: max(0, state.width - name.count)) + "  | "
            if colours, let colour = state.colours[service] { text = colour.paint(text) }
            let bytes = Array(text.utf8)
            state.prefixes[name] = bytes
            return bytes
        }
    }
}
