/// Whom a process or a file belongs to, as text (the Compose Specification's `user`, a Dockerfile's USER and `--chown`):
/// `user`, `uid`, `user:group`, `uid:gid`, `:group`.
///
/// Digits are always a number, never a name; numbers go up to 2^31 - 1, as in Docker.
public struct UserSpecification: Hashable, Sendable {
    /// A name of passwd(5) or group(5), or a number.
    public enum Part: Hashable, Sendable {
        case name(String)
        case id(UInt32)
    }

    /// nil when it is left out: root, for processes.
    public var user: Part?
    /// nil when it is left out: the user's own.
    public var group: Part?

    public init(user: Part?, group: Part? = nil) {
        self.user = user
        self.group = group
    }

    /// An empty text leaves both out.
    public init(parsing text: some StringProtocol) throws(GrammarError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count < 2 || !parts[1].isEmpty else {
            throw GrammarError("has to be like \"user\" or \"user:group\"", in: text)
        }
        if let part = parts.first, !part.isEmpty {
            guard let user = Part(part) else { throw GrammarError("is too large: user ids go to 2147483647", in: part) }
            self.user = user
        }
        if parts.count == 2 {
            guard let group = Part(parts[1]) else {
                throw GrammarError("is too large: group ids go to 2147483647", in: parts[1])
            }
            self.group = group
        }
    }
}

extension UserSpecification.Part {
    /// nil for a number that is too large.
    public init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            self = .name(String(text))
            return
        }
        guard let id = UserSpecification.id(text) else { return nil }
        self = .id(id)
    }
}

extension UserSpecification {
    /// The number that `text` is; nil for everything but digits up to 2147483647.
    public static func id(_ text: some StringProtocol) -> UInt32? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(text),
            number <= UInt32(Int32.max)
        else { return nil }
        return number
    }
}
