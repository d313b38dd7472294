/// `COPY [options] SOURCE… DESTINATION`. Paths, owner, mode and checksum are expanded later.
public struct CopyInstruction: Sendable, Hashable {
    /// A file whose content stands in the Dockerfile.
    public struct Heredoc: Sendable, Hashable {
        /// The file's name: the heredoc's terminator.
        public var name: String
        /// What the file holds.
        public var content: String
        /// Variables in the content are expanded: the terminator was not quoted.
        public var expands: Bool
    }

    /// Paths and patterns, in order; heredocs are not among them.
    public var sources: [String]
    /// Files whose content stands in the Dockerfile.
    public var heredocs: [Heredoc] = []
    /// Where the files go: an absolute path, or one relative to WORKDIR.
    public var destination: String
    /// `--from`: a stage's name or number, an image or a named context. Always nil for ADD.
    public var from: String?
    /// `--chown`: `user`, `user:group`, names or numbers.
    public var owner: String?
    /// `--chmod`: octal digits or symbolic as chmod(1).
    public var mode: String?
    /// `--link`: the files make a layer that depends on nothing below it.
    public var link = false
    /// `--parents`: sources keep their directories.
    public var parents = false
    /// `--exclude`, patterns as in an ignore file.
    public var exclude: [String] = []
}

/// `ADD [options] SOURCE… DESTINATION`.
public struct AddInstruction: Sendable, Hashable {
    /// What it has in common with COPY.
    public var files: CopyInstruction
    /// `--checksum`: `sha256:…` of a file from a URL.
    public var checksum: String?
    /// `--keep-git-dir`.
    public var keepGitDirectory = false
    /// `--unpack`; nil: local archives are unpacked, downloaded ones are not.
    public var unpack: Bool?
}
