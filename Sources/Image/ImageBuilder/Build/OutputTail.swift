internal import Synchronization

/// The last lines of a program's output. Any thread may add to it.
final class OutputTail: Sendable {
    private static let count = 20
    private static let longest = 4096

    private struct State {
        var lines: [[UInt8]] = []
        var current: [UInt8] = []
    }

    private let state = Mutex(State())

    func append(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            for byte in bytes {
                if byte == 0x0a {
                    state.lines.append(state.current)
                    state.current = []
                    if state.lines.count > Self.count { state.lines.removeFirst() }
                } else if state.current.count < Self.longest {
                    state.current.append(byte)
                }
            }
        }
    }

    var lines: [String] {
        state.withLock { state in
            let all = state.lines + (state.current.isEmpty ? [] : [state.current])
            return all.suffix(Self.count).map { String(decoding: $0.filter { $0 != 0x0d }, as: UTF8.self) }
        }
    }
}
