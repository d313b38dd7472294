internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// The caller's terminal in raw mode while a container's terminal is joined to it; its size is passed on as it changes.
final class TerminalSession: Sendable {
    private let original: Mutex<RawTerminal?>
    private let ended: Descriptor

    /// nil if `fd` is no terminal.
    init?(_ fd: Int32, resize: @escaping @Sendable (UInt16, UInt16) -> Void) {
        guard let raw = RawTerminal(fd), case let event = eventfd(0, Int32(EFD_CLOEXEC)), event >= 0 else { return nil }
        original = Mutex(raw)
        ended = Descriptor(owning: event)
        guard let watched = try? ended.duplicate().take() else { return nil }
        let windowChange = clinux_window_change_descriptor()
        try? startThread(name: "window size") {
            Self.followSize(of: fd, windowChange, until: watched, resize: resize)
            close(watched)
        }
    }

    /// Gives the terminal back as it was.
    func end() {
        original.withLock { $0 = nil }
        var one: UInt64 = 1
        _ = write(ended.raw, &one, 8)
    }

    deinit { end() }

    private static func followSize(
        of fd: Int32, _ windowChange: Int32, until ended: Int32, resize: (UInt16, UInt16) -> Void
    ) {
        var watched = [
            pollfd(fd: windowChange, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ended, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            var rows: UInt16 = 0
            var columns: UInt16 = 0
            if clinux_get_window_size(fd, &rows, &columns) == 0 { resize(rows, columns) }
            while poll(&watched, 2, -1) < 0 && errno == EINTR {}
            if watched[1].revents != 0 { return }
            var count: UInt64 = 0
            _ = read(windowChange, &count, 8)
        }
    }
}
