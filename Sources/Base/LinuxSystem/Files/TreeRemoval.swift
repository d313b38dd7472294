internal import CLinux
internal import Glibc
public import SystemPackage

extension Files {
    /// Removes a tree without following links; what is gone already is no error.
    ///
    /// The tree may be somebody else's work: however deep and wide it is, removing it takes a bounded stack, a bounded
    /// number of descriptors and little memory.
    public static func removeTree(_ path: String) throws(Errno) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let parent = slash == path.startIndex ? "/" : String(path[..<slash])
        let directory: Descriptor
        do throws(Errno) {
            directory = try Descriptor.open(parent, O_RDONLY | O_DIRECTORY)
        } catch {
            if error == .noSuchFileOrDirectory { return }
            throw error
        }
        try removeTree(at: path[path.index(after: slash)...].utf8.map { CChar(bitPattern: $0) } + [0], in: directory)
    }

    /// The same in an open directory. `name` is one component and ends with NUL.
    public static func removeTree(at name: [CChar], in directory: borrowing Descriptor) throws(Errno) {
        guard let top = try opened(name, in: directory) else { return }
        var removal = TreeRemoval(top: top.raw)
        try removal.empty(top, depth: 0)
        if unlinkat(directory.raw, name, AT_REMOVEDIR) != 0 && errno != ENOENT { throw Errno(rawValue: errno) }
    }

    /// Removes what is not a directory or an empty one, and opens what has to be emptied first.
    fileprivate static func opened(_ name: [CChar], in directory: borrowing Descriptor) throws(Errno) -> Descriptor? {
        if unlinkat(directory.raw, name, 0) == 0 || errno == ENOENT { return nil }
        let refusal = errno
        guard refusal == EISDIR || refusal == EPERM else { throw Errno(rawValue: refusal) }
        if unlinkat(directory.raw, name, AT_REMOVEDIR) == 0 { return nil }
        let raw = openat(directory.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if raw >= 0 { return Descriptor(owning: raw) }
        // Somebody else may be removing it too; and a file that is no directory has its first refusal told.
        if errno == ENOENT { return nil }
        throw Errno(rawValue: errno == ENOTDIR ? refusal : errno)
    }
}

/// The removal of what is in one directory.
private struct TreeRemoval {
    /// The directory that is emptied. What lies too deep is moved up to here.
    let top: Int32
    private var moved: UInt64 = 0

    /// Levels below ``top`` that are walked, each with a descriptor and a list of names.
    private static let levels = 16
    /// Names held for each level.
    private static let batch = 4096

    init(top: Int32) {
        self.top = top
    }

    mutating func empty(_ directory: borrowing Descriptor, depth: Int) throws(Errno) {
        // Each round removes all its names or fails, and what a round moves up comes from below.
        while case let names = try Files.names(in: directory, atMost: Self.batch), !names.isEmpty {
            for name in names { try remove(name, in: directory, depth: depth) }
        }
    }

    private mutating func remove(_ name: [CChar], in directory: borrowing Descriptor, depth: Int) throws(Errno) {
        guard let child = try Files.opened(name, in: directory) else { return }
        if depth == Self.levels { return try moveUp(name, from: directory) }
        try empty(child, depth: depth + 1)
        if unlinkat(directory.raw, name, AT_REMOVEDIR) != 0 && errno != ENOENT { throw Errno(rawValue: errno) }
    }

    private mutating func moveUp(_ name: [CChar], from directory: borrowing Descriptor) throws(Errno) {
        while true {
            moved += 1
            let place = ".removed-\(moved)"
            if clinux_renameat2(directory.raw, name, top, place, RENAME_NOREPLACE) == 0 { return }
            switch errno {
            case EEXIST: continue
            case ENOENT: return
            default: throw Errno(rawValue: errno)
            }
        }
    }
}
