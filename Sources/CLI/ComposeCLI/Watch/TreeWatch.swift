internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Notices changes of files below some directories, by inotify(7). Used by one thread.
final class TreeWatch {
    private let notify: Descriptor
    private let wake: WakeUp
    /// Paths of the watched directories.
    private var directories: [Int32: String] = [:]
    /// Whether a directory is looked into.
    private let isWanted: (String) -> Bool

    private static let events = UInt32(
        IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR)

    init(isWanted: @escaping (String) -> Bool) throws(Errno) {
        notify = Descriptor(owning: try systemCall { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) })
        wake = try WakeUp()
        self.isWanted = isWanted
    }

    /// Watches a directory and all below, or the directory of a file. Returns the files that are there.
    @discardableResult
    func add(_ path: String) throws(Errno) -> [String] {
        var status = stat()
        try systemCall { lstat(path, &status) }
        if status.st_mode & S_IFMT == S_IFDIR { return try addDirectory(path) }
        if let slash = path.lastIndex(of: "/") { try watch(String(path[..<slash])) }
        return [path]
    }

    private func addDirectory(_ path: String) throws(Errno) -> [String] {
        guard isWanted(path) else { return [] }
        try watch(path)
        var files: [String] = []
        for name in try Files.list(path) {
            let child = "\(path)/\(name)"
            var status = stat()
            guard lstat(child, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                // It may be gone again already.
                files += (try? addDirectory(child)) ?? []
            } else {
                files.append(child)
            }
        }
        return files
    }

    private func watch(_ directory: String) throws(Errno) {
        let number = try systemCall { inotify_add_watch(notify.raw, directory, Self.events) }
        directories[number] = directory
    }

    /// Blocks until something changed and then nothing more for a moment; returns the paths. nil once `cancellation`
    /// has fired.
    func next(_ cancellation: Cancellation) -> Set<String>? {
        var changed: Set<String> = []
        while !cancellation.isCancelled {
            switch wake.wait(for: notify.raw, milliseconds: changed.isEmpty ? -1 : Self.quiet, cancellation) {
            case .timedOut: return changed
            case .readable: read(into: &changed)
            case .fired: return nil
            }
        }
        return nil
    }

    /// Milliseconds without a change after which a batch is complete.
    private static let quiet: Int32 = 100

    private func read(into changed: inout Set<String>) {
        while let bytes = try? notify.read(upTo: 64 << 10), !bytes.isEmpty {
            var place = 0
            while place + MemoryLayout<inotify_event>.size <= bytes.count {
                let event = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: inotify_event.self) }
                let start = place + MemoryLayout<inotify_event>.size
                place = start + Int(event.len)
                let name = String(decoding: bytes[start..<place].prefix { $0 != 0 }, as: UTF8.self)
                guard let directory = directories[event.wd], !name.isEmpty else { continue }
                let path = "\(directory)/\(name)"
                if event.mask & UInt32(IN_ISDIR) == 0 {
                    changed.insert(path)
                } else if event.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 {
                    changed.formUnion((try? addDirectory(path)) ?? [])
                } else if event.mask & UInt32(IN_DELETE | IN_MOVED_FROM) != 0 {
                    changed.insert(path)
                }
            }
        }
    }
}
