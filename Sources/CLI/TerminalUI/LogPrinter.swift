internal import Synchronization

/// Prints lines of several containers, each behind its name: `web-1  | `.
///
/// Any thread may print; the names are padded to the widest known so far.
public final class LogPrinter: Sendable {
    private struct State {
        var width = 0
        var prefixes: [String: [UInt8]] = [:]
        var colours: [String: Colour] = [:]
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
    public func print(_ line: [UInt8], of name: String, service: String, time: String? = nil) {
        let stamp: [UInt8] = time.map { Array($0.utf8) + [0x20] } ?? []
        guard prefixes else {
            output.write(pieces: stamp, line, newline: true)
            return
        }
        output.write(pieces: prefix(name, service), stamp, line, newline: true)
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
