internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Notices when somebody removes a file from a directory, or the directory itself (inotify(7)).
@LoopActor
final class DirectoryWatch {
    private let notices: Descriptor
    private let loop: EventLoop

    /// - Parameter changed: called after something was removed; what, is to be looked for.
    init(_ directory: String, loop: EventLoop, changed: @escaping @LoopActor () -> Void) throws(Errno) {
        self.loop = loop
        notices = Descriptor(owning: try systemCall { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) })
        let events = UInt32(IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
        try systemCall { inotify_add_watch(notices.raw, directory, events) }
        let raw = notices.raw
        try loop.add(raw, .readable) { _ in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while read(raw, &buffer, buffer.count) > 0 {}
            changed()
        }
    }

    /// Notices nothing any more.
    func end() { loop.remove(notices.raw) }
}
