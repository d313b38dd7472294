internal import CLinux
public import EngineModel
internal import Glibc
public import LinuxSystem
internal import Primitives
internal import SystemPackage

/// The users and groups of a root file system, from its own `/etc/passwd` and `/etc/group` (passwd(5), group(5)).
///
/// Nothing falls back to root; see ``UserSpecification`` for the words.
public struct RootUsers: Sendable {
    private let passwd: String
    private let group: String

    /// - Parameter root: an open directory. Nothing outside of it is read; missing files know nobody.
    public init(root: borrowing Descriptor) throws(EngineError) {
        passwd = try Self.read("etc/passwd", in: root)
        group = try Self.read("etc/group", in: root)
    }

    /// - Parameters: the files' texts.
    init(passwd: String, group: String) {
        self.passwd = passwd
        self.group = group
    }

    /// - Parameter specification: `user`, `uid`, `user:group`, `uid:gid` as `--chown` and `USER` take them. A number
    ///   alone stands for the group too; a name alone brings its primary group.
    public func owner(of specification: String) throws(EngineError) -> FileOwner {
        let wanted: UserSpecification
        do throws(GrammarError) {
            wanted = try UserSpecification(parsing: specification)
            if wanted.user == nil && wanted.group == nil {
                throw GrammarError("has to be like \"user\" or \"user:group\"", in: specification)
            }
        } catch {
            throw EngineError(.invalid, "owner", error.description)
        }
        var owner = FileOwner(uid: 0, gid: 0)
        if let user = wanted.user { owner = try self.user(user) }
        if let group = wanted.group { owner.gid = try self.group(group) }
        return owner
    }

    private func user(_ part: UserSpecification.Part) throws(EngineError) -> FileOwner {
        switch part {
        case .id(let number): return FileOwner(uid: number, gid: number)
        case .name(let name):
            for line in passwd.split(separator: "\n") {
                let fields = line.split(separator: ":", omittingEmptySubsequences: false)
                guard fields.count >= 4, fields[0] == name, let uid = UserSpecification.id(fields[2]),
                    let gid = UserSpecification.id(fields[3])
                else { continue }
                return FileOwner(uid: uid, gid: gid)
            }
            throw EngineError(.notFound, "user \"\(name)\"", "the image's /etc/passwd does not have it")
        }
    }

    private func group(_ part: UserSpecification.Part) throws(EngineError) -> UInt32 {
        switch part {
        case .id(let number): return number
        case .name(let name):
            for line in group.split(separator: "\n") {
                let fields = line.split(separator: ":", omittingEmptySubsequences: false)
                if fields.count >= 3, fields[0] == name, let gid = UserSpecification.id(fields[2]) { return gid }
            }
            throw EngineError(.notFound, "group \"\(name)\"", "the image's /etc/group does not have it")
        }
    }

    private static let limit = 10 << 20

    private static func read(_ path: String, in root: borrowing Descriptor) throws(EngineError) -> String {
        do throws(Errno) {
            let file = try root.openRegularFile(at: path, resolve: [.inRoot, .noMagicLinks])
            return String(decoding: try file.readAll(limit: limit), as: UTF8.self)
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .notDirectory: return ""
            case .invalidArgument: throw EngineError(.invalid, "/\(path) of the image", "it is not a regular file")
            case .fileTooLarge: throw EngineError(.invalid, "/\(path) of the image", "it is larger than 10 MiB")
            default: throw copyError("/\(path) of the image", "reading it", error)
            }
        }
    }
}
