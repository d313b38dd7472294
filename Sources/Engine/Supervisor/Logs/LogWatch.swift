internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Waits for a log to grow, by inotify(7) on its directory.
struct LogWatch: ~Copyable {
    private let notify: Descriptor
    private let wake: WakeUp

    /// Watches `directory`; while that does not exist, its parent for it to appear.
    init(directory: String) throws(Errno) {
        let made = try Self.watch(directory)
        let waker = try WakeUp()
        notify = made
        wake = waker
    }

    private static func watch(_ directory: String) throws(Errno) -> Descriptor {
        let notify = Descriptor(owning: try systemCall { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) })
        let events = UInt32(IN_MODIFY | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
        do throws(Errno) {
            try systemCall { inotify_add_watch(notify.raw, directory, events) }
        } catch {
            guard error == .noSuchFileOrDirectory, let slash = directory.lastIndex(of: "/") else { throw error }
            let parent = String(directory[..<slash])
            let appearance = UInt32(IN_CREATE | IN_DELETE_SELF | IN_ONLYDIR)
            try systemCall { inotify_add_watch(notify.raw, parent, appearance) }
        }
        return notify
    }

    /// Blocks until something changed.
    ///
    /// - Returns: false when `cancellation` fired or the directory is gone.
    func wait(_ cancellation: Cancellation) -> Bool {
        let wake = wake
        let token = cancellation.onCancel { wake.fire() }
        defer { cancellation.forget(token) }
        var watched = [
            pollfd(fd: notify.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.descriptor.raw, events: Int16(POLLIN), revents: 0),
        ]
        while !cancellation.isCancelled {
            if poll(&watched, 2, -1) < 0 && errno != EINTR { return false }
            if watched[0].revents != 0 { return !directoryIsGone() }
        }
        return false
    }

    /// Reads all waiting events.
    private func directoryIsGone() -> Bool {
        var gone = false
        while let bytes = try? notify.read(upTo: 16 << 10), !bytes.isEmpty {
            var place = 0
            while place + MemoryLayout<inotify_event>.size <= bytes.count {
                let event = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: inotify_event.self) }
                if event.mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED) != 0 { gone = true }
                place += MemoryLayout<inotify_event>.size + Int(event.len)
            }
        }
        return gone
    }
}

/// An eventfd that another thread makes readable, once and for ever.
final class WakeUp: Sendable {
    let descriptor: Descriptor

    init() throws(Errno) {
        descriptor = Descriptor(owning: try systemCall { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
    }

    /// Blocks until ``fire()`` was called.
    func wait() {
        var watched = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        while poll(&watched, 1, -1) < 0 && errno == EINTR {}
    }

    func fire() {
        var one: UInt64 = 1
        _ = write(descriptor.raw, &one, 8)
    }
}
