public import Engine
public import LinuxSystem

/// The users and groups of a root file system, from its own `/etc/passwd` and `/etc/group` (passwd(5), group(5)).
///
/// Digits are always a number, never a name; numbers go up to 2^31 - 1; nothing falls back to root.
public struct RootUsers: Sendable {
    private let passwd: String
    private let group: String

    /// - Parameter root: an open directory. Nothing outside of it is read; missing files know nobody.
    public init(root: borrowing Descriptor) throws(EngineError) {
        passwd = ""
        group = ""
    }

    /// - Parameter specification: `user`, `uid`, `user:group`, `uid:gid` as `--chown` and `USER` take them. A number
    ///   alone stands for the group too; a name alone brings its primary group.
    public func owner(of specification: String) throws(EngineError) -> FileOwner {
        throw EngineError(.unsupported, specification, "users are not looked up yet")
    }
}
