internal import Archive
internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// How copies differ from their sources.
struct CopyRules: Sendable {
    /// Of everything; nil takes the source's if the tree keeps owners, else root.
    var owner: FileOwner?
    var keepsOwners: Bool
    var mode: ModeChange?

    func owner(of status: FileStatus) -> FileOwner {
        owner ?? (keepsOwners ? FileOwner(uid: status.uid, gid: status.gid) : FileOwner(uid: 0, gid: 0))
    }

    func mode(of status: FileStatus) -> UInt32 {
        mode?.applied(to: status.permissions, isDirectory: status.isDirectory) ?? status.permissions
    }
}

/// Makes single files, links and special files in open directories, in the place of what is there.
struct FileCopier {
    var rules: CopyRules
    private let writer = TreeWriter(.replacesFiles)

    init(rules: CopyRules) {
        self.rules = rules
    }

    /// Copies an open file's content and everything else that belongs to it.
    func copy(
        _ source: borrowing Descriptor, _ status: FileStatus, as name: [CChar], in directory: OpenDirectory,
        shown: String
    ) throws(EngineError) {
        let target = try placing(name, shown, "making the file") { () throws(Errno) in
            try writer.makeFile(name, in: directory.descriptor.raw)
        }
        let after: FileStatus
        do throws(Errno) {
            try copyFileContent(from: source, to: target, size: Int(status.size))
            try setMetadata(of: target.raw, status, from: source.raw)
            try setTime(of: target.raw, status)
            after = FileStatus(try source.status())
        } catch {
            throw copyError(shown, "copying it", error)
        }
        guard after.isSameContent(as: status) else {
            throw EngineError(.conflict, shown, "it was changed while it was copied")
        }
    }

    func copyLink(
        _ target: [UInt8], _ status: FileStatus, as name: [CChar], in directory: OpenDirectory, shown: String
    ) throws(EngineError) {
        try placing(name, shown, "making the symbolic link") { () throws(Errno) in
            try writer.makeSymbolicLink(
                name, in: directory.descriptor.raw, to: target.map { CChar(bitPattern: $0) } + [0], metadata(status))
        }
    }

    /// A device, FIFO or socket.
    func copyNode(_ status: FileStatus, as name: [CChar], in directory: OpenDirectory, shown: String)
        throws(EngineError)
    {
        try placing(name, shown, "making the special file") { () throws(Errno) in
            try writer.makeNode(
                name, in: directory.descriptor.raw, type: status.type, device: status.specialDevice, metadata(status))
        }
    }

    /// Another name of a file that was copied already.
    func copyHardLink(
        to source: [CChar], in sourceDirectory: borrowing Descriptor, as name: [CChar], in directory: OpenDirectory,
        shown: String
    ) throws(EngineError) {
        let raw = sourceDirectory.raw
        try placing(name, shown, "making the hard link") { () throws(Errno) in
            try writer.makeHardLink(name, in: directory.descriptor.raw, to: source, in: raw)
        }
    }

    /// Runs what makes a name; what has it, unless it is a directory, goes away.
    private func placing<Result: ~Copyable>(
        _ name: [CChar], _ shown: String, _ what: String, _ make: () throws(Errno) -> Result
    ) throws(EngineError) -> Result {
        do throws(Errno) {
            return try make()
        } catch {
            if error == .isDirectory {
                throw EngineError(.invalid, shown, "a file cannot take the place of the directory \(text(of: name))")
            }
            throw copyError(shown, what, error)
        }
    }

    private func metadata(_ status: FileStatus) -> EntryMetadata {
        let owner = rules.owner(of: status)
        return EntryMetadata(
            uid: owner.uid, gid: owner.gid, mode: rules.mode(of: status), modified: status.modification)
    }

    /// Owner, mode and attributes.
    func setMetadata(of target: Int32, _ status: FileStatus, from source: Int32) throws(Errno) {
        try metadata(status).setOwnerAndMode(of: target)
        copyAttributes(from: source, to: target)
    }

    func setTime(of target: Int32, _ status: FileStatus) throws(Errno) {
        try metadata(status).setTimes(of: target)
    }
}
