internal import Archive
internal import CLinux
internal import Digests
internal import EngineModel
internal import Glibc
internal import ImageModel
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// Collects what the content key of one source is made of. Entries go in as lines; files get their digests at the end.
final class ContentKey: SourceVisitor {
    private enum Piece {
        case line(String)
        case file(prefix: String, index: Int)
    }

    /// A directory that counts once something below it does.
    final class Level {
        fileprivate let parent: Level?
        fileprivate var line: String?

        fileprivate init(parent: Level?, line: String?) {
            self.parent = parent
            self.line = line
        }
    }

    private let tree: CopyTree
    private let keepsOwners: Bool
    private var pieces: [Piece] = []
    private var files: [HashedFile] = []
    private var linked: [UInt64: String] = [:]
    /// The resolved path of the item that is walked.
    private var base = ""
    /// What was looked at, by path from the item, to find out whether it is the same when it is copied.
    private(set) var seen: [String: FileStatus] = [:]

    init(tree: CopyTree, keepsOwners: Bool) {
        self.tree = tree
        self.keepsOwners = keepsOwners
    }

    func add(_ line: String) { pieces.append(.line(line)) }

    /// Begins with an item, and adds it if it is no directory. Its name only matters where it becomes the copy's name,
    /// but that depends on the root, too.
    func begin(_ item: SourceItem, mayUnpack: Bool) {
        base = item.resolved
        if item.status.isDirectory {
            add("tree")
            return
        }
        add(mayUnpack ? "archive " + escaped(Array(item.name.utf8)) : "item \(escaped(Array(item.name.utf8)))")
        addEntry(item.status, path: "", bytes: [], place: cName(item.resolved), target: nil)
    }

    func enter(
        _ entry: SourceEntry, _ source: OpenDirectory, in parent: Level, included: Bool
    ) throws(EngineError) -> Level {
        var line = "d \(description(of: entry.status)) \(escaped(entry.bytes))"
        for attribute in portableAttributes(of: source.descriptor.raw) {
            line += " \(attribute.name)=\(SHA256.hex(of: attribute.value))"
        }
        let level = Level(parent: parent, line: line)
        if included { settle(level) }
        return level
    }

    func leave(_ directory: Level) throws(EngineError) {}

    func visit(_ entry: SourceEntry, in parent: Level) throws(EngineError) {
        settle(parent)
        var target: [UInt8]?
        if entry.status.isSymbolicLink {
            do throws(Errno) {
                target = try linkTarget(entry.name, in: entry.directory.descriptor)
            } catch {
                throw entry.failure("reading the link", error)
            }
        }
        let prefix = base.isEmpty ? [] : base.utf8.map { CChar(bitPattern: $0) } + [0x2f]
        let place = prefix + entry.bytes.map { CChar(bitPattern: $0) } + [0]
        addEntry(entry.status, path: entry.path, bytes: entry.bytes, place: place, target: target)
    }

    var top: Level { Level(parent: nil, line: nil) }

    func digest(cancellation: Cancellation) throws(EngineError) -> Digest {
        let digests = try digests(of: files, in: tree, cancellation: cancellation)
        var hash = SHA256()
        for piece in pieces {
            switch piece {
            case .line(let line): hash.update(Array((line + "\n").utf8))
            case .file(let prefix, let index):
                hash.update(Array(prefix.utf8))
                withUnsafeBytes(of: digests[index]) { hash.update($0) }
            }
        }
        guard let digest = Digest(hex: hash.finish()) else {
            throw EngineError(.system, "", "the content key is not a digest")
        }
        return digest
    }

    private func addEntry(
        _ status: FileStatus, path: String, bytes: [UInt8], place: [CChar], target: [UInt8]?
    ) {
        let name = escaped(bytes)
        switch status.type {
        case S_IFREG:
            seen[path] = status
            if status.links > 1 {
                if let first = linked[status.inode] {
                    add("h \(first) \(name)")
                    return
                }
                linked[status.inode] = name
            }
            pieces.append(.file(prefix: "f \(description(of: status)) \(name) ", index: files.count))
            files.append(HashedFile(path: place, status: status))
        case S_IFLNK:
            // The mode of a link means nothing.
            add("l \(owner(of: status))\(escaped(target ?? [])) \(name)")
        default: add("n \(status.type) \(status.specialDevice) \(description(of: status)) \(name)")
        }
    }

    private func settle(_ level: Level) {
        if let parent = level.parent { settle(parent) }
        if let line = level.line {
            add(line)
            level.line = nil
        }
    }

    private func description(of status: FileStatus) -> String {
        owner(of: status) + String(status.permissions, radix: 8)
    }

    private func owner(of status: FileStatus) -> String {
        keepsOwners ? "\(status.uid):\(status.gid) " : ""
    }
}

/// A name as one word of a line, each different.
private func escaped(_ bytes: [UInt8]) -> String {
    var text = "\""
    for byte in bytes {
        if byte <= 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x5c {
            text += "\\" + String(byte, radix: 16) + ";"
        } else {
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
    }
    return text + "\""
}
