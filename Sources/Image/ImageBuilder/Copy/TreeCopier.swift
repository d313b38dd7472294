internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A directory in the image that receives a directory of the sources, made when it is needed.
final class TargetDirectory {
    fileprivate let parent: TargetDirectory?
    fileprivate let entry: SourceEntry?
    fileprivate let source: OpenDirectory?
    fileprivate var opened: OpenDirectory?
    /// Whether times are to be set when everything is in it.
    fileprivate var setsTime: Bool
    /// Names from the image's root, without links.
    fileprivate let names: [[CChar]]

    /// The destination itself.
    init(_ directory: OpenDirectory, names: [[CChar]]) {
        (parent, entry, source, opened, setsTime) = (nil, nil, nil, directory, false)
        self.names = names
    }

    fileprivate init(_ entry: SourceEntry, _ source: OpenDirectory, in parent: TargetDirectory) {
        self.parent = parent
        self.entry = entry
        self.source = source
        setsTime = false
        names = parent.names + [entry.name]
    }
}

/// Copies what a walk finds into directories of the image.
final class TreeCopier: SourceVisitor {
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    private let root: OpenDirectory
    private let files: FileCopier
    /// What the content key was computed of, by path from the source directory.
    private let expected: (String) -> FileStatus?
    /// The copies of files with several names: where the first lies, from the root.
    private var linked: [Identity: [[CChar]]] = [:]

    init(root: OpenDirectory, files: FileCopier, expected: @escaping (String) -> FileStatus?) {
        self.root = root
        self.files = files
        self.expected = expected
    }

    func enter(
        _ entry: SourceEntry, _ source: OpenDirectory, in parent: TargetDirectory, included: Bool
    ) throws(EngineError) -> TargetDirectory {
        let directory = TargetDirectory(entry, source, in: parent)
        if included { _ = try open(directory, isWanted: true) }
        return directory
    }

    func leave(_ directory: TargetDirectory) throws(EngineError) {
        guard directory.setsTime, let opened = directory.opened, let entry = directory.entry else { return }
        do throws(Errno) {
            try files.setTime(of: opened.descriptor.raw, entry.status)
        } catch {
            throw copyError(entry.shown, "setting the time", error)
        }
    }

    func visit(_ entry: SourceEntry, in parent: TargetDirectory) throws(EngineError) {
        let directory = try open(parent, isWanted: false)
        let names = parent.names + [entry.name]
        if try link(entry.status, as: entry.name, in: directory, names, entry.shown) { return }
        switch entry.status.type {
        case S_IFREG:
            let raw = entry.directory.descriptor.raw
            let source: Descriptor
            do throws(Errno) {
                source = Descriptor(
                    owning: try systemCall {
                        openat(raw, entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
                    })
            } catch {
                throw entry.failure("opening it", error)
            }
            try copyFile(source, entry.status, entry.path, as: entry.name, in: directory, names, entry.shown)
        case S_IFLNK:
            let target: [UInt8]
            do throws(Errno) {
                target = try linkTarget(entry.name, in: entry.directory.descriptor)
            } catch {
                throw entry.failure("reading the link", error)
            }
            try files.copyLink(target, entry.status, as: entry.name, in: directory, shown: entry.shown)
        default: try files.copyNode(entry.status, as: entry.name, in: directory, shown: entry.shown)
        }
    }

    /// Copies a file that is open already; `path` as in the content key.
    func copyFile(
        _ source: borrowing Descriptor, _ status: FileStatus, _ path: String, as name: [CChar],
        in directory: OpenDirectory, _ names: [[CChar]], _ shown: String
    ) throws(EngineError) {
        let opened: FileStatus
        do throws(Errno) {
            opened = FileStatus(try source.status())
        } catch {
            throw copyError(shown, "reading its status", error)
        }
        guard opened.isFile, (expected(path) ?? status).isSameContent(as: opened) else {
            throw EngineError(.conflict, shown, "it was changed during the build")
        }
        try files.copy(source, opened, as: name, in: directory, shown: shown)
        if status.links > 1 { linked[Identity(device: status.device, inode: status.inode)] = names }
    }

    /// Gives a file that was copied under another name this one as well.
    private func link(
        _ status: FileStatus, as name: [CChar], in directory: OpenDirectory, _ names: [[CChar]], _ shown: String
    ) throws(EngineError) -> Bool {
        guard status.links > 1, status.isFile,
            let first = linked[Identity(device: status.device, inode: status.inode)], first != names
        else { return false }
        let parent: Descriptor
        do throws(Errno) {
            let path = [[0x2e]] + first.dropLast().map { $0.dropLast() }
            parent = try openBeneath(
                Array(path.joined(separator: [0x2f])) + [0], in: root.descriptor, O_PATH | O_DIRECTORY)
        } catch {
            throw copyError(shown, "finding its first copy", error)
        }
        try files.copyHardLink(to: first[first.count - 1], in: parent, as: name, in: directory, shown: shown)
        return true
    }

    /// The directory in the image, made now if it is not there. Metadata of one that is there is replaced when the
    /// directory itself is among the sources; one that only leads to what is wanted takes over the mode.
    private func open(_ directory: TargetDirectory, isWanted: Bool) throws(EngineError) -> OpenDirectory {
        if let opened = directory.opened { return opened }
        guard let parent = directory.parent, let entry = directory.entry, let source = directory.source else {
            throw EngineError(.system, "/", "a destination without a directory")
        }
        let above = try open(parent, isWanted: false)
        do throws(Errno) {
            let raw = above.descriptor.raw
            let made = mkdirat(raw, entry.name, 0o700) == 0
            if !made && errno != EEXIST { throw Errno(rawValue: errno) }
            let opened = try above.directory(entry.name)
            if made || isWanted {
                try files.setMetadata(of: opened.descriptor.raw, entry.status, from: source.descriptor.raw)
                directory.setsTime = true
            } else {
                try systemCall { fchmod(opened.descriptor.raw, mode_t(entry.status.permissions)) }
            }
            directory.opened = opened
            return opened
        } catch {
            if error == .notDirectory || error == .tooManySymbolicLinkLevels {
                throw EngineError(
                    .invalid, entry.shown, "a directory cannot take the place of what is not a directory in the image")
            }
            throw copyError(entry.shown, "making the directory", error)
        }
    }
}
