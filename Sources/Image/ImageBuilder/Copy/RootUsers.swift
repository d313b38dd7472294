internal import CLinux
public import EngineModel
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// The users and groups of a root file system, from its own `/etc/passwd` and `/etc/group` (passwd(5), group(5)).
///
/// Digits are always a number, never a name; numbers go up to 2^31 - 1; nothing falls back to root.
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
        let parts = specification.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = parts.first ?? ""
        if user.isEmpty && (parts.count < 2 || parts[1].isEmpty) {
            throw EngineError(.invalid, "owner \"\(specification)\"", "it has to be like \"user\" or \"user:group\"")
        }
        var owner = user.isEmpty ? FileOwner(uid: 0, gid: 0) : try self.user(user)
        if parts.count == 2 {
            if parts[1].isEmpty {
                throw EngineError(.invalid, "owner \"\(specification)\"", "there is no group after the colon")
            }
            owner.gid = try group(parts[1])
        }
        return owner
    }

    private func user(_ text: Substring) throws(EngineError) -> FileOwner {
        if let number = try Self.number(text, "user") { return FileOwner(uid: number, gid: number) }
        for line in passwd.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 4, fields[0] == text, let uid = Self.small(fields[2]), let gid = Self.small(fields[3])
            else { continue }
            return FileOwner(uid: uid, gid: gid)
        }
        throw EngineError(.notFound, "user \"\(text)\"", "the image's /etc/passwd does not have it")
    }

    private func group(_ text: Substring) throws(EngineError) -> UInt32 {
        if let number = try Self.number(text, "group") { return number }
        for line in group.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count >= 3, fields[0] == text, let gid = Self.small(fields[2]) { return gid }
        }
        throw EngineError(.notFound, "group \"\(text)\"", "the image's /etc/group does not have it")
    }

    /// nil for what is a name.
    private static func number(_ text: Substring, _ kind: String) throws(EngineError) -> UInt32? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        guard let number = small(text) else {
            throw EngineError(.invalid, "\(kind) \"\(text)\"", "\(kind) ids go from 0 to 2147483647")
        }
        return number
    }

    private static func small(_ text: Substring) -> UInt32? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = UInt32(text),
            number <= UInt32(Int32.max)
        else { return nil }
        return number
    }

    private static let limit = 10 << 20

    private static func read(_ path: String, in root: borrowing Descriptor) throws(EngineError) -> String {
        do throws(Errno) {
            let file = try root.open(at: path, O_RDONLY | O_NONBLOCK, resolve: [.inRoot, .noMagicLinks])
            let status = try file.status()
            guard status.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
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
