internal import Glibc
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

/// Looks for one user and its groups in the lines of passwd(5) and then of group(5), which are handed over one after
/// the other; nothing else of the files is kept. Pure.
///
/// Nothing falls back to root; see ``UserSpecification`` for the words. Without usable files numbers still are numbers,
/// and `root` is 0.
struct UserSearch: Sendable {
    /// A line without its end.
    typealias Line = UnsafeRawBufferPointer

    /// NGROUPS_MAX (limits.h): more make setgroups(2) fail.
    private static let mostGroups = 65536

    private struct Wanted: Sendable {
        let text: String
        let part: UserSpecification.Part
        /// The name's bytes; empty for a number.
        let name: [UInt8]
        var found: UInt32?

        init(_ part: UserSpecification.Part, _ text: String) {
            self.part = part
            self.text = text
            if case .name(let name) = part { self.name = Array(name.utf8) } else { name = [] }
            if case .id(let id) = part { found = id }
        }
    }

    private struct User: Sendable {
        var name: [UInt8]
        var uid: UInt32
        var gid: UInt32
        var home: String
    }

    private let specification: String
    private let user: Wanted
    private var group: Wanted?
    private var additional: [Wanted]
    private var found: User?
    private var memberships: [UInt32] = []

    /// Why a file cannot be looked into, after "/etc/passwd"; nil when it could, or is missing.
    var passwdTrouble: String?
    /// The same of the group file.
    var groupTrouble: String?

    /// - Parameter specification: `user`, `uid`, `user:group`, `uid:gid`, `:group`; empty is root.
    init(_ specification: String, additional: [String]) throws(RuntimeError) {
        let wanted: UserSpecification
        do throws(GrammarError) {
            wanted = try UserSpecification(parsing: specification)
        } catch {
            throw Self.unusable(specification, error.description)
        }
        self.specification = specification
        user = Wanted(wanted.user ?? .id(0), specification)
        group = wanted.group.map { Wanted($0, specification) }
        self.additional = []
        for name in additional {
            guard let part = UserSpecification.Part(name) else {
                throw Self.unusable(name, "group ids go from 0 to 2147483647")
            }
            self.additional.append(Wanted(part, name))
        }
    }

    /// Takes a line of passwd. The first that fits counts; then it returns false.
    mutating func readPasswd(_ line: Line) -> Bool {
        var fields = Fields(line)
        guard let name = fields.next(), !name.isEmpty else { return true }
        if !user.name.isEmpty, !name.equals(user.name) { return true }
        guard fields.next() != nil, let uid = fields.number() else { return true }
        if case .id(let id) = user.part, id != uid { return true }
        guard let gid = fields.number(), fields.next() != nil, let home = fields.next() else { return true }
        found = User(name: Array(name), uid: uid, gid: gid, home: String(decoding: home, as: UTF8.self))
        return false
    }

    /// Whether lines of group can still say something.
    private var wantsGroups: Bool {
        (group == nil && found != nil) || (group.map { $0.found == nil } ?? false)
            || additional.contains { $0.found == nil }
    }

    /// Takes a line of group, after those of passwd. False when no more are needed.
    mutating func readGroup(_ line: Line) -> Bool {
        guard wantsGroups else { return false }
        var fields = Fields(line)
        guard let name = fields.next(), !name.isEmpty, fields.next() != nil, let gid = fields.number(),
            let members = fields.next()
        else { return true }
        if let wanted = group, wanted.found == nil, name.equals(wanted.name) { group?.found = gid }
        for index in additional.indices where additional[index].found == nil {
            if name.equals(additional[index].name) { additional[index].found = gid }
        }
        guard group == nil, let user = found, memberships.count <= Self.mostGroups else { return true }
        var list = Fields(members, separator: UInt8(ascii: ","))
        while let member = list.next() {
            guard member.equals(user.name) else { continue }
            memberships.append(gid)
            break
        }
        return true
    }

    /// The result, once all lines were taken.
    func identity() throws(RuntimeError) -> UserIdentity {
        let user = try foundUser()
        var gid = user.gid
        if let group { gid = try number(of: group) }
        var all = [gid] + memberships
        for wanted in additional { all.append(try number(of: wanted)) }
        var seen = Set<UInt32>()
        all = all.filter { seen.insert($0).inserted }
        guard all.count <= Self.mostGroups else {
            throw Self.unusable(specification, "it is in more than \(Self.mostGroups) groups")
        }
        let home = user.home.hasPrefix("/") ? user.home : "/"
        return UserIdentity(uid: user.uid, gid: gid, groups: all, home: home)
    }

    private func foundUser() throws(RuntimeError) -> User {
        if let found { return found }
        switch user.part {
        case .id(let uid): return User(name: [], uid: uid, gid: 0, home: "/")
        case .name(let name):
            if name == "root", passwdTrouble != nil { return User(name: [], uid: 0, gid: 0, home: "/") }
            throw Self.unusable(
                specification,
                passwdTrouble.map { "the image's /etc/passwd \($0)" }
                    ?? "the image's /etc/passwd has no user \"\(name)\"")
        }
    }

    private func number(of wanted: Wanted) throws(RuntimeError) -> UInt32 {
        if let found = wanted.found { return found }
        if wanted.name == Array("root".utf8), groupTrouble != nil { return 0 }
        throw Self.unusable(
            wanted.text,
            groupTrouble.map { "the image's /etc/group \($0)" }
                ?? "the image's /etc/group has no group \"\(String(decoding: wanted.name, as: UTF8.self))\"")
    }

    private static func unusable(_ specification: String, _ reason: String) -> RuntimeError {
        RuntimeError(.invalid, step: "run as user \"\(specification)\"", reason: reason)
    }
}

/// The parts of a line between its separators, one after the other. Allocates nothing.
private struct Fields {
    private var rest: UnsafeRawBufferPointer?
    private let separator: UInt8

    init(_ line: UnsafeRawBufferPointer, separator: UInt8 = UInt8(ascii: ":")) {
        rest = line
        self.separator = separator
    }

    /// nil after the last.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard let line = rest else { return nil }
        guard let end = line.place(of: separator) else {
            rest = nil
            return line
        }
        rest = UnsafeRawBufferPointer(rebasing: line[(end + 1)...])
        return UnsafeRawBufferPointer(rebasing: line[..<end])
    }

    /// The next part as an id; nil too if it is not one.
    mutating func number() -> UInt32? {
        guard let field = next(), !field.isEmpty, field.count <= 10 else { return nil }
        return UserSpecification.id(String(decoding: field, as: UTF8.self))
    }
}

extension UnsafeRawBufferPointer {
    /// Where `byte` is first.
    func place(of byte: UInt8) -> Int? {
        guard let base = baseAddress, let found = memchr(base, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    fileprivate func equals(_ bytes: [UInt8]) -> Bool {
        count == bytes.count && (count == 0 || memcmp(baseAddress!, bytes, count) == 0)
    }
}
