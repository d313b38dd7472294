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
        wake.wait(for: notify.raw, cancellation) == .readable && !directoryIsGone()
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
