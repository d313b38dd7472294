/// A `COPY` or `ADD` with everything expanded.
public struct CopyRequest: Sendable, Hashable {
    /// Which instruction it is for.
    public enum Kind: String, Sendable, Hashable {
        case copy, add
    }

    /// A here-document: a file whose content stands in the Dockerfile.
    public struct InlineFile: Sendable, Hashable {
        /// The word after `<<`, which is the file's name in a directory.
        public var name: String
        /// As it is written to the file: without the line that ends it.
        public var content: [UInt8]

        public init(name: String, content: [UInt8]) {
            self.name = name
            self.content = content
        }
    }

    /// `ADD` may fetch and unpack, `COPY` only copies.
    public var kind: Kind
    /// Paths from the tree's root, with wildcards; for `ADD` also URLs and Git repositories.
    public var sources: [String]
    /// Here-documents, copied besides ``sources``.
    public var contents: [InlineFile] = []
    /// As written: a `/` or `/.` at the end makes it a directory.
    public var destination: String
    /// What a relative destination begins at; absolute.
    public var workingDirectory = "/"
    /// `--chmod`: octal digits, or symbolic as chmod(1) takes it.
    public var mode: String?
    /// `--chown` as written; part of the content key. Whom it means is told to ``CopyOperation/perform(into:owner:)``.
    public var owner: String?
    /// `--link`: the layer does not depend on those below it.
    public var link = false
    /// `--parents`: a source keeps its directories below the destination.
    public var parents = false
    /// `--exclude`: patterns of what is left out, relative to each source.
    public var exclude: [String] = []
    /// Whether archives are unpacked; nil: those of the tree by `ADD`, and no downloaded ones.
    public var unpack: Bool?
    /// `--keep-git-dir`: `.git` comes along with a repository.
    public var keepGitDirectory = false
    /// `sha256:…` of the one source, or a Git commit.
    public var checksum: String?
    /// Seconds since 1970 for the directories that have to be made.
    public var epoch: Int64?

    public init(_ kind: Kind, sources: [String], destination: String) {
        self.kind = kind
        self.sources = sources
        self.destination = destination
    }
}

/// A user and a group by number.
public struct FileOwner: Sendable, Hashable {
    /// User id in the container.
    public var uid: UInt32
    /// Group id in the container.
    public var gid: UInt32

    public init(uid: UInt32, gid: UInt32) {
        self.uid = uid
        self.gid = gid
    }
}
