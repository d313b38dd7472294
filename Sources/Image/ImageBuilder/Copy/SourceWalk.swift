internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// An entry of a source directory.
struct SourceEntry {
    /// The directory that it lies in.
    var directory: OpenDirectory
    var name: [CChar]
    var status: FileStatus
    /// From the source directory: as text for patterns, and as it is.
    var path: String
    var bytes: [UInt8]
    /// From the tree's root, for messages.
    var shown: String

    func isGone(_ error: Errno) -> Bool { error == .noSuchFileOrDirectory || error == .tooManySymbolicLinkLevels }

    func failure(_ what: String, _ error: Errno) -> EngineError {
        if isGone(error) { return EngineError(.conflict, shown, "it was removed or replaced during the build") }
        return copyError(shown, what, error)
    }
}

/// Gets what a walk over a source directory finds, in the order of names.
protocol SourceVisitor: AnyObject {
    associatedtype Directory
    /// A directory before what it holds. `included` is false when it only counts if something below it does.
    func enter(
        _ entry: SourceEntry, _ source: OpenDirectory, in parent: Directory, included: Bool
    ) throws(EngineError) -> Directory
    func leave(_ directory: Directory) throws(EngineError)
    /// Anything but a directory.
    func visit(_ entry: SourceEntry, in parent: Directory) throws(EngineError)
}

/// Goes through a source directory. Nothing is followed.
struct SourceWalk<Visitor: SourceVisitor> {
    var filter: EntryFilter
    var visitor: Visitor
    var cancellation: Cancellation

    func run(
        _ source: OpenDirectory, path: [UInt8] = [], in directory: Visitor.Directory, depth: Int = 0
    ) throws(EngineError) {
        let relative = String(decoding: path, as: UTF8.self)
        let here = "/" + [filter.base, relative].filter { !$0.isEmpty }.joined(separator: "/")
        guard depth < 255 else { throw EngineError(.invalid, here, "directories are nested more than 255 deep") }
        let names: [[CChar]]
        do throws(Errno) {
            names = try sortedNames(in: source.descriptor)
        } catch {
            throw copyError(here, "reading the directory", error)
        }
        for name in names {
            if cancellation.isCancelled { throw EngineError(.cancelled, "", "cancelled") }
            try step(name, of: source, path, here, in: directory, depth)
        }
    }

    private func step(
        _ name: [CChar], of source: OpenDirectory, _ path: [UInt8], _ here: String, in directory: Visitor.Directory,
        _ depth: Int
    ) throws(EngineError) {
        let bytes = (path.isEmpty ? [] : path + [0x2f]) + name.dropLast().map { UInt8(bitPattern: $0) }
        let text = text(of: name)
        var entry = SourceEntry(
            directory: source, name: name, status: FileStatus(stat()), path: String(decoding: bytes, as: UTF8.self),
            bytes: bytes, shown: here == "/" ? "/" + text : "\(here)/\(text)")
        let verdict: EntryFilter.Verdict
        do throws(Errno) {
            guard let status = try source.status(name) else { throw .noSuchFileOrDirectory }
            entry.status = FileStatus(status)
            verdict = filter.verdict(entry.path, entry.status)
        } catch {
            throw entry.failure("reading its status", error)
        }
        if verdict == .left { return }
        guard entry.status.isDirectory else { return try visitor.visit(entry, in: directory) }
        let child: OpenDirectory
        do throws(Errno) {
            child = try source.directory(name)
        } catch {
            throw entry.failure("opening the directory", error)
        }
        let inner = try visitor.enter(entry, child, in: directory, included: verdict == .included)
        try run(child, path: entry.bytes, in: inner, depth: depth + 1)
        try visitor.leave(inner)
    }
}
