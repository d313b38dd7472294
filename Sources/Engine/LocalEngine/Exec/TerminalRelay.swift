internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Puts a terminal into raw mode and back again when let go.
struct RawTerminal: ~Copyable {
    private let fd: Int32
    private let original: termios

    /// nil if `fd` is no terminal.
    init?(_ fd: Int32) {
        var settings = termios()
        guard tcgetattr(fd, &settings) == 0 else { return nil }
        self.fd = fd
        original = settings
        cfmakeraw(&settings)
        tcsetattr(fd, TCSANOW, &settings)
    }

    deinit {
        var settings = original
        tcsetattr(fd, TCSADRAIN, &settings)
    }
}

/// Joins the caller's terminal to the master of a container's pseudo terminal until the container's side is closed.
///
/// The size of the caller's terminal is passed on at the start and whenever it changes.
struct TerminalRelay {
    var input: Int32?
    var output: Int32?
    var master: Int32
    /// Typed, they end this instead of going to the program.
    var detachKeys: DetachKeys?

    /// Returns whether the keys were typed.
    func run() -> Bool {
        var matcher = detachKeys.map { DetachKeyMatcher($0) }
        let windowChange = clinux_window_change_descriptor()
        passWindowSize()
        var watched = [
            pollfd(fd: master, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: windowChange, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            if poll(&watched, nfds_t(watched.count), -1) < 0 && errno != EINTR { return false }
            if watched[2].revents != 0 {
                var count: UInt64 = 0
                _ = read(windowChange, &count, 8)
                passWindowSize()
            }
            if watched[0].revents != 0 && !passOutput() { return false }
            if watched[1].revents == 0 { continue }
            switch passInput(&matcher) {
            case .more: break
            case .end: watched[1].fd = -1
            case .detached: return true
            }
        }
    }

    /// False once the other side is closed: Linux reports that as EIO.
    private func passOutput() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 32768)
        let count = read(master, &buffer, buffer.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN }
        if count == 0 { return false }
        if let output { StreamRelay.write(buffer, count, to: output) }
        return true
    }

    private enum Typed {
        case more, end, detached
    }

    /// A terminal's program learns of the end of the input by the end-of-file character.
    private func passInput(_ matcher: inout DetachKeyMatcher?) -> Typed {
        guard let input else { return .end }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(input, &buffer, buffer.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN ? .more : .end }
        if count == 0 {
            StreamRelay.write([4], 1, to: master)
            return .end
        }
        let typed = matcher?.take(buffer[..<count]) ?? (passed: Array(buffer[..<count]), detached: false)
        StreamRelay.write(typed.passed, typed.passed.count, to: master)
        return typed.detached ? .detached : .more
    }

    private func passWindowSize() {
        guard let terminal = input ?? output else { return }
        var rows: UInt16 = 0
        var columns: UInt16 = 0
        if clinux_get_window_size(terminal, &rows, &columns) == 0 {
            _ = clinux_set_window_size(master, rows, columns)
        }
    }
}
