internal import Primitives

/// Who a process is, from the container's own passwd and group files.
struct UserIdentity: Sendable, Hashable {
    var uid: UInt32
    var gid: UInt32
    /// The primary group, those that list the user, and the additional ones, without repetition.
    var groups: [UInt32]
    /// Absolute; `/` when passwd does not know the user.
    var home: String
}

/// Reads user specifications against passwd(5) and group(5) texts. Pure.
///
/// Nothing falls back to root; see ``UserSpecification`` for the words.
struct UserLookup: Sendable {
    private struct User {
        var name: String
        var uid: UInt32
        var gid: UInt32
        var home: String
    }

    private struct Group {
        var name: String
        var gid: UInt32
        var members: [Substring]
    }

    private var users: [User] = []
    private var groups: [Group] = []

    /// - Parameters: the files' texts; empty when there is no file.
    init(passwd: String, group: String) {
        for line in passwd.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 6, !fields[0].isEmpty, let uid = UserSpecification.id(fields[2]),
                let gid = UserSpecification.id(fields[3])
            else { continue }
            users.append(User(name: String(fields[0]), uid: uid, gid: gid, home: String(fields[5])))
        }
        for line in group.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 4, !fields[0].isEmpty, let gid = UserSpecification.id(fields[2]) else { continue }
            groups.append(Group(name: String(fields[0]), gid: gid, members: fields[3].split(separator: ",")))
        }
    }

    /// - Parameter specification: `user`, `uid`, `user:group`, `uid:gid`, `:group`; empty is root.
    func identity(of specification: String, additional: [String]) throws(RuntimeError) -> UserIdentity {
        let wanted: UserSpecification
        do throws(GrammarError) {
            wanted = try UserSpecification(parsing: specification)
        } catch {
            throw Self.unusable(specification, error.description)
        }
        let user = try self.user(wanted.user ?? .id(0), of: specification)
        let gid = try wanted.group.map { part throws(RuntimeError) in try group(part, of: specification) } ?? user.gid
        var all = [gid]
        if wanted.group == nil, !user.name.isEmpty {
            all += groups.filter { $0.members.contains(Substring(user.name)) }.map(\.gid)
        }
        for name in additional {
            guard let part = UserSpecification.Part(name) else {
                throw Self.unusable(name, "group ids go from 0 to 2147483647")
            }
            all.append(try group(part, of: name))
        }
        var seen = Set<UInt32>()
        let home = user.home.hasPrefix("/") ? user.home : "/"
        return UserIdentity(uid: user.uid, gid: gid, groups: all.filter { seen.insert($0).inserted }, home: home)
    }

    private func user(_ part: UserSpecification.Part, of specification: String) throws(RuntimeError) -> User {
        switch part {
        case .id(let uid): return users.first { $0.uid == uid } ?? User(name: "", uid: uid, gid: 0, home: "/")
        case .name(let name):
            guard let user = users.first(where: { $0.name == name }) else {
                throw Self.unusable(specification, "the image's /etc/passwd has no user \"\(name)\"")
            }
            return user
        }
    }

    private func group(_ part: UserSpecification.Part, of specification: String) throws(RuntimeError) -> UInt32 {
        switch part {
        case .id(let gid): return gid
        case .name(let name):
            guard let group = groups.first(where: { $0.name == name }) else {
                throw Self.unusable(specification, "the image's /etc/group has no group \"\(name)\"")
            }
            return group.gid
        }
    }

    private static func unusable(_ specification: String, _ reason: String) -> RuntimeError {
        RuntimeError(.invalid, step: "run as user \"\(specification)\"", reason: reason)
    }
}
