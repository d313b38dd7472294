internal import CLinux
internal import Glibc
public import Primitives
public import SystemPackage

/// A signal that ends a poll(2), once and for ever: an eventfd(2) that another thread makes readable. Any thread may use
/// it.
public final class WakeUp: Sendable {
    /// What a wait ended with.
    public enum Outcome: Sendable {
        case readable, fired, timedOut
    }

    private let descriptor: Descriptor

    /// Makes the descriptor (eventfd(2)).
    public init() throws(Errno) {
        descriptor = Descriptor(owning: try systemCall { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
    }

    /// The number of what becomes readable, for a poll of one's own.
    public var raw: Int32 { descriptor.raw }

    /// Ends all waits, those to come included.
    public func fire() {
        var one: UInt64 = 1
        _ = write(descriptor.raw, &one, 8)
    }

    /// Blocks until ``fire()`` was called.
    public func wait() {
        var watched = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        while poll(&watched, 1, -1) < 0 && errno == EINTR {}
    }

    /// Blocks until `fd` is readable or at its end, ``fire()`` was called, or the time is up.
    ///
    /// - Parameter milliseconds: -1: no end.
    public func wait(for fd: Int32, milliseconds: Int32 = -1) -> Outcome {
        var watched = [
            pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: fd, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&watched, 2, milliseconds)
            if count < 0 && errno == EINTR { continue }
            if watched[0].revents != 0 { return .fired }
            return count == 0 ? .timedOut : .readable
        }
    }

    /// As above, ended by `cancellation`, too.
    public func wait(for fd: Int32, milliseconds: Int32 = -1, _ cancellation: Cancellation) -> Outcome {
        let token = cancellation.onCancel { self.fire() }
        defer { cancellation.forget(token) }
        return wait(for: fd, milliseconds: milliseconds)
    }
}
