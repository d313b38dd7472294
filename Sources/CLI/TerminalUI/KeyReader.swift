internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// Reads single keys from a terminal, which shows them no longer; Ctrl-C and Ctrl-Z stay signals.
public final class KeyReader: Sendable {
    /// What happened at the terminal.
    public enum Event: Sendable, Equatable {
        case key(UInt8)
        /// The window has another size, or the program is in the foreground again.
        case changed
    }

    private let descriptor: Int32
    private let original: termios
    private let ended: WakeUp
    private let restored = Mutex(false)

    /// nil if `descriptor` is not a terminal. It stays its owner's.
    public init?(_ descriptor: Int32) {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0, let ended = try? WakeUp() else { return nil }
        self.descriptor = descriptor
        self.ended = ended
        original = settings
        takeOver()
    }

    deinit { end() }

    /// Passes on what happens, on a thread of its own, until ``end()``.
    public func start(_ handler: @escaping @Sendable (Event) -> Void) {
        let windowChange = clinux_window_change_descriptor()
        try? startThread(name: "keys") { [self] in
            var watched = [descriptor, windowChange, ended.raw].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            while true {
                if poll(&watched, 3, -1) < 0 && errno != EINTR { return }
                if watched[2].revents != 0 { return }
                if watched[1].revents != 0 {
                    var count: UInt64 = 0
                    _ = read(windowChange, &count, 8)
                    takeOver()
                    handler(.changed)
                }
                if watched[0].revents == 0 { continue }
                var key: UInt8 = 0
                let count = read(descriptor, &key, 1)
                if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { return }
                if count == 1 { handler(.key(key)) }
            }
        }
    }

    /// Gives the terminal back as it was. More than once is no error.
    public func end() {
        ended.fire()
        let isFirst = restored.withLock { done in
            defer { done = true }
            return !done
        }
        if !isFirst { return }
        var settings = original
        tcsetattr(descriptor, TCSANOW, &settings)
    }

    /// In the background that would stop the program.
    private func takeOver() {
        guard tcgetpgrp(descriptor) == getpgrp(), !restored.withLock(\.self) else { return }
        var settings = original
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(descriptor, TCSANOW, &settings)
    }
}
