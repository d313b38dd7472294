public import Primitives

/// What mount(8) says of a mount itself, whatever its file system is.
public enum MountFlag: String, Codable, Sendable, Hashable, CaseIterable {
    case ro, rw, nosuid, suid, nodev, dev, noexec, exec, noatime, atime, nodiratime, diratime, relatime, strictatime
    case defaults
}

/// Options as mount(8) takes them, apart: flags of the mount, and what its file system knows.
public struct MountOptions: Sendable, Hashable {
    /// In their order: later ones win.
    public var flags: [MountFlag] = []
    /// `KEY=VALUE` or a word, in their order.
    public var others: [String] = []

    /// - Parameter text: with commas between the options.
    public init(_ text: String) {
        for option in text.split(separator: ",").map(String.init) {
            if let flag = MountFlag(rawValue: option) { flags.append(flag) } else { others.append(option) }
        }
    }

    /// The options of `tmpfs` (tmpfs(5)) besides the flags.
    public static let ofTmpfs: Set<String> = ["size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "huge", "mpol"]

    /// For a tmpfs.
    public init(tmpfs text: String) throws(GrammarError) {
        self.init(text)
        for option in others {
            let parts = option.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, Self.ofTmpfs.contains(String(parts[0])) else {
                throw GrammarError("is not an option of a tmpfs", in: option)
            }
        }
    }
}
