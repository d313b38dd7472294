public import EngineModel
public import Primitives
public import StateStore

/// What sources of files need besides their names: where to put things, and how to reach the network.
public struct SourceAccess: Sendable {
    /// Downloads `url` to the file `descriptor`, which is empty and open for writing, and ends with `.invalid` when
    /// there are more than `limit` bytes.
    public typealias Fetch =
        @Sendable (_ url: String, _ descriptor: Int32, _ limit: Int64, Cancellation) throws(EngineError) -> FetchedFile

    /// Temporary directories and remembered digests lie below its data root.
    public var layout: DataLayout
    /// Of the caller, for `git`: `PATH`, `HOME`, `SSH_AUTH_SOCK`, proxies.
    public var environment: [String: String]
    /// How URLs are fetched; called on the thread that needs the file.
    public var fetch: Fetch
    /// Downloads and unpacked archives beyond this many bytes are refused.
    public var limit: Int64 = 16 << 30

    public init(layout: DataLayout, environment: [String: String], fetch: @escaping Fetch) {
        self.layout = layout
        self.environment = environment
        self.fetch = fetch
    }
}

/// What a server said about a file.
public struct FetchedFile: Sendable, Hashable {
    /// `Last-Modified`, seconds since 1970.
    public var modified: Int64?
    /// The name in `Content-Disposition`, unchecked.
    public var name: String?

    public init(modified: Int64?, name: String? = nil) {
        self.modified = modified
        self.name = name
    }
}
