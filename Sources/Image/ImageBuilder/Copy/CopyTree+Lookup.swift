internal import CLinux
internal import Dockerfile
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Something in a tree that is to be copied: links in its path were followed, the last one too.
final class SourceItem: Sendable {
    /// Its last component as the instruction or the wildcard gives it.
    let name: String
    /// From the tree's root, as given.
    let path: String
    /// From the tree's root, without links.
    let resolved: String
    /// `O_PATH`.
    let descriptor: Descriptor
    let status: FileStatus

    init(name: String, path: String, resolved: String, descriptor: consuming Descriptor, status: FileStatus) {
        self.name = name
        self.path = path
        self.resolved = resolved
        self.descriptor = descriptor
        self.status = status
    }

    /// Opens the very same file or directory for reading.
    func open(_ flags: Int32) throws(Errno) -> Descriptor {
        try Descriptor.open("/proc/self/fd/\(descriptor.raw)", flags | O_NONBLOCK | O_NOCTTY)
    }
}

extension CopyTree {
    /// What a path leads to, links followed within the tree. A path without wildcards that leads nowhere is an error.
    func find(_ components: [String]) throws(EngineError) -> SourceItem {
        let path = components.joined(separator: "/")
        do throws(Errno) {
            let item = try root.open(
                at: path.isEmpty ? "." : path, O_PATH, resolve: PathResolution.inRoot.union(.noMagicLinks))
            let status = FileStatus(try item.status())
            let resolved = try resolvedPath(of: item)
            if isExcluded(path, status) || isExcluded(resolved, status) { throw .noSuchFileOrDirectory }
            return SourceItem(
                name: components.last ?? "", path: path, resolved: resolved, descriptor: item, status: status)
        } catch {
            if error == .noSuchFileOrDirectory || error == .notDirectory {
                throw EngineError(.notFound, "\"/\(path)\"", "not found")
            }
            throw copyError("\"/\(path)\"", "opening it", error)
        }
    }

    /// Everything that a path with wildcards means, in the order of the names; what `.dockerignore` leaves out is not
    /// there. Links are not followed by the part that has wildcards, but the last one is when it is copied.
    func expand(_ components: [String]) throws(EngineError) -> [SourceItem] {
        guard let first = components.firstIndex(where: SourcePath.hasWildcards) else { return [try find(components)] }
        let base = try find(Array(components[..<first]))
        guard base.status.isDirectory else { return [] }
        var matches: [[String]] = []
        do throws(Errno) {
            let directory = OpenDirectory(try base.open(O_RDONLY | O_DIRECTORY))
            let walk = WildcardWalk(tree: self, patterns: try components[first...].map(Self.pattern))
            try walk.match(
                directory, path: base.resolved.split(separator: "/").map(String.init), depth: 0, into: &matches)
        } catch {
            throw copyError("\"\(SourcePath.shown(components))\"", "looking for what the wildcards mean", error)
        }
        var items: [SourceItem] = []
        for match in matches { items.append(try find(match)) }
        return items
    }

    /// EINVAL for a pattern that filepath.Match would refuse.
    private static func pattern(_ text: String) throws(Errno) -> GlobPattern {
        guard let pattern = try? GlobPattern(text) else { throw .invalidArgument }
        return pattern
    }

    func isExcluded(_ path: String, _ status: FileStatus) -> Bool {
        guard let excludes, !path.isEmpty else { return false }
        guard excludes(path, status.isDirectory) else { return false }
        // A directory that only holds exceptions is still there.
        return !(status.isDirectory && mayIncludeBelow?(path) == true)
    }

    /// Where an open file lies below the root, by what the kernel calls both.
    private func resolvedPath(of item: borrowing Descriptor) throws(Errno) -> String {
        let rootPath = try kernelPath(root)
        let path = try kernelPath(item)
        if rootPath == path { return "" }
        let prefix = rootPath == "/" ? "/" : rootPath + "/"
        guard path.hasPrefix(prefix) else { throw .noSuchFileOrDirectory }
        return String(path.dropFirst(prefix.count))
    }

    private func kernelPath(_ descriptor: borrowing Descriptor) throws(Errno) -> String {
        let bytes = try linkTarget(cName("/proc/self/fd/\(descriptor.raw)"), in: descriptor)
        return String(decoding: bytes, as: UTF8.self)
    }
}

private struct WildcardWalk {
    var tree: CopyTree
    var patterns: [GlobPattern]

    /// Appends what matches below an open directory.
    func match(
        _ directory: OpenDirectory, path: [String], depth: Int, into matches: inout [[String]]
    ) throws(Errno) {
        for name in try sortedNames(in: directory.descriptor) {
            let text = text(of: name)
            guard patterns[depth].matches(text), let status = try directory.status(name) else { continue }
            let entry = path + [text]
            if tree.isExcluded(entry.joined(separator: "/"), FileStatus(status)) { continue }
            if depth == patterns.count - 1 {
                matches.append(entry)
            } else if status.st_mode & S_IFMT == S_IFDIR {
                try match(try directory.directory(name), path: entry, depth: depth + 1, into: &matches)
            }
        }
    }
}

/// Names in an open directory in the order of their bytes, so that what is made from them never depends on the disk.
func sortedNames(in directory: borrowing Descriptor) throws(Errno) -> [[CChar]] {
    try Files.names(in: directory).sorted { left, right in
        left.lazy.map { UInt8(bitPattern: $0) }.lexicographicallyPrecedes(right.lazy.map { UInt8(bitPattern: $0) })
    }
}
