internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import SystemPackage

/// An open directory that several may hold.
final class OpenDirectory: Sendable {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// A name's status, itself and not what it leads to; nil if there is none.
    func status(_ name: [CChar]) throws(Errno) -> stat? {
        var status = stat()
        if fstatat(descriptor.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
        if errno == ENOENT { return nil }
        throw Errno(rawValue: errno)
    }

    /// A directory in this one; a link is none.
    func directory(_ name: [CChar]) throws(Errno) -> OpenDirectory {
        let raw = descriptor.raw
        return OpenDirectory(
            Descriptor(
                owning: try systemCall { openat(raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }))
    }
}

/// What a path below a root leads to, links followed with the root as `/`.
struct RootPlace {
    /// The directories from the root to the last one that exists; never empty.
    var directories: [OpenDirectory]
    /// Their names; one less than ``directories``.
    var names: [[CChar]] = []
    /// Components after those that do not exist.
    var missing: [[CChar]] = []
    /// A last component that exists and is no directory.
    var file: [CChar]?

    var isDirectory: Bool { missing.isEmpty && file == nil }

    /// The last directory that exists.
    var directory: OpenDirectory { directories[directories.count - 1] }

    /// Follows a path component by component: that works for links to what does not exist yet, which the kernel's
    /// own resolution would refuse.
    init(_ components: [String], in root: OpenDirectory) throws(EngineError) {
        directories = [root]
        let shown = SourcePath.shown(components)
        var pending = Array(components.reversed().map(cName))
        var links = 0
        while let component = pending.popLast() {
            if component == dot { continue }
            if component == dotDot {
                goUp()
                continue
            }
            guard missing.isEmpty else {
                missing.append(component)
                continue
            }
            guard file == nil else { throw EngineError(.invalid, shown, "a part of the path is not a directory") }
            do throws(Errno) {
                guard let status = try directory.status(component) else {
                    missing.append(component)
                    continue
                }
                switch status.st_mode & S_IFMT {
                case S_IFDIR:
                    directories.append(try directory.directory(component))
                    names.append(component)
                case S_IFLNK:
                    links += 1
                    if links > 40 { throw Errno(rawValue: ELOOP) }
                    let target = try linkTarget(component, in: directory.descriptor)
                    if target.first == 0x2f { (directories, names) = ([root], []) }
                    pending += target.split(separator: 0x2f).reversed().map { $0.map { CChar(bitPattern: $0) } + [0] }
                default: file = component
                }
            } catch {
                throw EngineError(.invalid, shown, "following the path in the image: \(error.description)")
            }
        }
    }

    private mutating func goUp() {
        if file != nil {
            file = nil
        } else if !missing.isEmpty {
            missing.removeLast()
        } else if directories.count > 1 {
            directories.removeLast()
            names.removeLast()
        }
    }

    /// Makes the first `count` of the missing components as directories.
    mutating func makeMissing(_ count: Int, _ maker: DirectoryMaker, shown: String) throws(EngineError) {
        for _ in 0..<count {
            let name = missing.removeFirst()
            directories.append(try maker.make(name, in: directory, shown: shown))
            names.append(name)
        }
    }
}

/// Makes the directories that a destination needs and that no source describes.
struct DirectoryMaker {
    var owner: FileOwner
    /// Seconds since 1970; nil is now.
    var epoch: Int64?

    func make(_ name: [CChar], in parent: OpenDirectory, shown: String) throws(EngineError) -> OpenDirectory {
        do throws(Errno) {
            try systemCall { mkdirat(parent.descriptor.raw, name, 0o755) }
            let made = try parent.directory(name)
            let raw = made.descriptor.raw
            try systemCall { fchown(raw, owner.uid, owner.gid) }
            // The process's umask is not the image's.
            try systemCall { fchmod(raw, 0o755) }
            if let epoch {
                var times = [timespec(tv_sec: Int(epoch), tv_nsec: 0), timespec(tv_sec: Int(epoch), tv_nsec: 0)]
                try systemCall { futimens(raw, &times) }
            }
            return made
        } catch {
            throw copyError(shown, "making the directory", error)
        }
    }
}

let dot: [CChar] = [0x2e, 0]
let dotDot: [CChar] = [0x2e, 0x2e, 0]

/// A name for system calls.
func cName(_ name: String) -> [CChar] { name.utf8.map { CChar(bitPattern: $0) } + [0] }

func text(of name: [CChar]) -> String {
    String(decoding: name.lazy.filter { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

func linkTarget(_ name: [CChar], in directory: borrowing Descriptor) throws(Errno) -> [UInt8] {
    var target = [UInt8](repeating: 0, count: 4096)
    let raw = directory.raw
    let length = try systemCall {
        target.withUnsafeMutableBytes { bytes in
            readlinkat(raw, name, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
    }
    return Array(target[..<length])
}

/// A system call's failure about a file.
func copyError(_ subject: String, _ what: String, _ error: Errno) -> EngineError {
    EngineError(error, subject, doing: what)
}
