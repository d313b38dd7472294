internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A passwd or group file of a container, read piece by piece: whoever wrote it may have made it large.
final class AccountFile: Sendable {
    /// Bytes that are read at most: nobody has that many users.
    static let limit = 10 << 20
    /// A longer line is passed over.
    static let longestLine = 256 << 10

    /// Which file it is, and as of when: as long as these are the same, so is what it says. The time of the last change
    /// of the inode (`st_ctim`) cannot be set by anybody.
    struct Version: Hashable, Sendable {
        let device: UInt
        let inode: UInt
        let size: Int
        let modified: Int
        let modifiedNanoseconds: Int
        let changed: Int
        let changedNanoseconds: Int

        init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            modified = status.st_mtim.tv_sec
            modifiedNanoseconds = status.st_mtim.tv_nsec
            changed = status.st_ctim.tv_sec
            changedNanoseconds = status.st_ctim.tv_nsec
        }
    }

    private let file: Descriptor?
    /// nil when there is none to look into.
    let version: Version?
    /// Why there is none, if it is not simply missing; fits after its name.
    let trouble: String?

    /// There is no such file.
    static var missing: AccountFile { AccountFile(trouble: "does not exist") }

    private init(trouble: String) {
        file = nil
        version = nil
        self.trouble = trouble
    }

    private init(_ file: consuming Descriptor) throws(Errno) {
        let status = try file.status()
        version = Version(status)
        trouble = status.st_size > Self.limit ? "is larger than 10 MiB" : nil
        self.file = consume file
    }

    /// The regular file at `path` below `root`. Anything else that is there is trouble, and not an error: who a number
    /// is does not depend on it.
    static func open(_ path: String, in root: borrowing Descriptor) throws(Errno) -> AccountFile {
        do throws(Errno) {
            return try AccountFile(root.openRegularFile(at: path, resolve: [.inRoot, .noMagicLinks]))
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .notDirectory: return missing
            case .invalidArgument: return AccountFile(trouble: "is not a regular file")
            case .tooManySymbolicLinkLevels: return AccountFile(trouble: "is a link that leads nowhere")
            default: throw error
            }
        }
    }

    /// The file of a layer, without following any link.
    static func open(_ path: String, inLayer layer: borrowing Descriptor) throws(Errno) -> AccountFile {
        try AccountFile(layer.openRegularFile(at: path, following: false, resolve: [.beneath, .noSymlinks]))
    }

    /// Calls `body` with each line, until it returns false.
    func forEachLine(_ body: (UserSearch.Line) -> Bool) throws(Errno) {
        guard trouble == nil else { return }
        switch file {
        case .none: return
        case .some(let file): return try Self.read(file, body)
        }
    }

    private static func read(_ file: borrowing Descriptor, _ body: (UserSearch.Line) -> Bool) throws(Errno) {
        var lines = LineAssembly()
        var total = 0
        while total < limit {
            let part = try file.read(upTo: 64 << 10)
            if part.isEmpty { break }
            total += part.count
            guard part.withUnsafeBytes({ lines.add($0, body) }) else { return }
        }
        lines.end(body)
    }
}

/// Puts lines together from what is read.
private struct LineAssembly {
    /// The beginning of a line whose end is not there yet.
    private var begun: [UInt8] = []
    /// The end of one that is too long is passed over.
    private var skips = false

    /// False when `body` wants no more.
    mutating func add(_ bytes: UnsafeRawBufferPointer, _ body: (UserSearch.Line) -> Bool) -> Bool {
        var rest = bytes
        while let end = rest.place(of: UInt8(ascii: "\n")) {
            let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
            if skips {
                skips = false
            } else if begun.isEmpty {
                guard body(line) else { return false }
            } else {
                begun += line
                defer { begun = [] }
                guard begun.withUnsafeBytes(body) else { return false }
            }
        }
        if !skips { begun += rest }
        if begun.count > AccountFile.longestLine {
            begun = []
            skips = true
        }
        return true
    }

    /// The last line need not have an end.
    func end(_ body: (UserSearch.Line) -> Bool) {
        if !begun.isEmpty { _ = begun.withUnsafeBytes(body) }
    }
}
