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
/// Digits are always a number, never a name; numbers go up to 2^31 - 1; nothing falls back to root.
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
            guard fields.count >= 6, !fields[0].isEmpty, let uid = Self.number(fields[2]),
                let gid = Self.number(fields[3])
            else { continue }
            users.append(User(name: String(fields[0]), uid: uid, gid: gid, home: String(fields[5])))
        }
        for line in group.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 4, !fields[0].isEmpty, let gid = Self.number(fields[2]) else { continue }
            groups.append(Group(name: String(fields[0]), gid: gid, members: fields[3].split(separator: ",")))
        }
    }

    /// - Parameter specification: `user`, `uid`, `user:group`, `uid:gid`, `:group`; empty is root.
    func identity(of specification: String, additional: [String]) throws(RuntimeError) -> UserIdentity {
        let parts = specification.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count < 2 || !parts[1].isEmpty else {
            throw Self.unusable(specification, "it has to be like \"user\" or \"user:group\"")
        }
        let user = try self.user(parts.first ?? "", of: specification)
        var gid = user.gid
        if parts.count == 2 { gid = try self.group(parts[1], of: specification) }
        var all = [gid]
        if parts.count == 1, !user.name.isEmpty {
            all += groups.filter { $0.members.contains(Substring(user.name)) }.map(\.gid)
        }
        for name in additional { all.append(try group(Substring(name), of: name)) }
        var seen = Set<UInt32>()
        let home = user.home.hasPrefix("/") ? user.home : "/"
        return UserIdentity(uid: user.uid, gid: gid, groups: all.filter { seen.insert($0).inserted }, home: home)
    }

    private func user(_ text: Substring, of specification: String) throws(RuntimeError) -> User {
        if text.isEmpty || Self.isNumeric(text) {
            guard let uid = text.isEmpty ? 0 : Self.number(text) else {
                throw Self.unusable(specification, "user ids go from 0 to 2147483647")
            }
            return users.first { $0.uid == uid } ?? User(name: "", uid: uid, gid: 0, home: "/")
        }
        guard let user = users.first(where: { $0.name == text }) else {
            throw Self.unusable(specification, "the image's /etc/passwd has no user \"\(text)\"")
        }
        return user
    }

    private func group(_ text: Substring, of specification: String) throws(RuntimeError) -> UInt32 {
        if Self.isNumeric(text) {
            guard let gid = Self.number(text) else {
                throw Self.unusable(specification, "group ids go from 0 to 2147483647")
            }
            return gid
        }
        guard let group = groups.first(where: { $0.name == text }) else {
            throw Self.unusable(specification, "the image's /etc/group has no group \"\(text)\"")
        }
        return group.gid
    }

    private static func isNumeric(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func number(_ text: Substring) -> UInt32? {
        guard isNumeric(text), let number = UInt32(text), number <= UInt32(Int32.max) else { return nil }
        return number
    }

    private static func unusable(_ specification: String, _ reason: String) -> RuntimeError {
        RuntimeError(.invalid, step: "run as user \"\(specification)\"", reason: reason)
    }
}
