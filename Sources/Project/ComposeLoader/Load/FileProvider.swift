/// What the loader may know of the file system. Paths are absolute, except `-` for standard input.
public protocol FileProvider: Sendable {
    /// The whole content. Refuses what is not a regular file (but `-`) and what is larger than `limit` bytes.
    func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8]
    func kind(of path: String) -> FileKind
    /// The path without symbolic links; nil when it does not exist.
    func resolvingSymlinks(_ path: String) -> String?
    /// Brings a Compose file from elsewhere (`https://…/x.git#ref:path`) to this host; nil when `source` is a path.
    func fetch(_ source: String) throws(FileFailure) -> RemoteComposeFile?
}

extension FileProvider {
    public func fetch(_ source: String) throws(FileFailure) -> RemoteComposeFile? { nil }
}

/// A Compose file that was brought to this host, with all that came with it.
public struct RemoteComposeFile: Sendable, Hashable {
    /// Absolute.
    public var path: String
    /// What it came with, absolute: the project's directory.
    public var directory: String

    public init(path: String, directory: String) {
        self.path = path
        self.directory = directory
    }
}

/// What a path leads to.
public enum FileKind: Sendable, Hashable {
    case missing, regular, directory
    /// A device, FIFO or socket: never opened.
    case other
}

/// Why a file could not be read.
public struct FileFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// As it was asked for.
    public var path: String
    /// `no such file or directory`
    public var reason: String
    /// There is nothing of that name; who can do without the file goes by this.
    public var missing: Bool

    public init(path: String, reason: String, missing: Bool = false) {
        self.path = path
        self.reason = reason
        self.missing = missing
    }

    public var description: String { "\(path): \(reason)" }
}
