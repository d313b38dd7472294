internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives

/// Ends a poll(2) when a ``Cancellation`` fires.
struct Waker: ~Copyable {
    private let event: Descriptor
    private let cancellation: Cancellation
    private let token: Int

    init(_ cancellation: Cancellation) throws(EngineError) {
        let raw = eventfd(0, Int32(EFD_CLOEXEC))
        if raw < 0 { throw EngineError(.system, "compose", "no descriptor is left") }
        event = Descriptor(owning: raw)
        self.cancellation = cancellation
        token = cancellation.onCancel {
            var one: UInt64 = 1
            _ = write(raw, &one, 8)
        }
    }

    /// Returns when `fd` is readable, the cancellation fired or the time (-1: none) is up.
    borrowing func wait(for fd: Int32, milliseconds: Int32) {
        var watched = [
            pollfd(fd: fd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: event.raw, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&watched, 2, milliseconds)
    }

    deinit { cancellation.forget(token) }
}
