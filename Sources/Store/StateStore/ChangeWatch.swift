internal import CLinux
public import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Wakes up when any process changed the store: an inotify(7) watch on ``DataLayout/changes``.
///
/// Make the watch first, then read the store, then wait: nothing is missed. What changed is not told; for events,
/// ask for those after the last sequence number seen.
public struct ChangeWatch: ~Copyable, Sendable {
    private let notices: Descriptor

    /// Readable when something changed, for poll(2) or an `EventLoop`; then call ``drain()``.
    public var raw: Int32 { notices.raw }

    /// Watches a store that has been opened before.
    public init(_ layout: DataLayout) throws(EngineError) {
        do throws(Errno) {
            notices = try Self.watch(layout.changes)
        } catch {
            throw EngineError(
                .system, layout.changes, "changes of the state store cannot be watched: \(error.description)")
        }
    }

    private static func watch(_ path: String) throws(Errno) -> Descriptor {
        let notices = Descriptor(owning: try systemCall { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) })
        try systemCall { inotify_add_watch(notices.raw, path, UInt32(IN_MODIFY)) }
        return notices
    }

    /// Waits for a change, at most `milliseconds` (-1: for ever). False if none came.
    public borrowing func wait(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: notices.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) > 0 else { return false }
        drain()
        return true
    }

    /// Forgets the notices so far.
    public borrowing func drain() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while read(notices.raw, &buffer, buffer.count) > 0 {}
    }
}
