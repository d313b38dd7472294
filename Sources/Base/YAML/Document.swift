/// One document of a YAML file.
public struct Document: Sendable {
    /// The document's outermost value.
    public var root: Node
    /// Paths (keys from the root) of the values tagged `!reset` or `!override`. The reset ones are gone from `root`.
    public var resets: [[String]]
    /// Keys that are in a mapping twice. `root` has the first value.
    public var duplicates: [YAMLFailure] = []
}

/// Why a text is not a YAML document one can use.
public struct YAMLFailure: Error, Sendable, Hashable {
    /// Where.
    public var mark: Mark
    /// What is wrong.
    public var message: String

    public init(_ message: String, at mark: Mark) {
        self.message = message
        self.mark = mark
    }
}

/// What a document may cost, against texts made to exhaust memory.
public struct YAMLLimits: Sendable {
    /// Levels of nested collections.
    public var depth = 200
    /// Values in the text.
    public var nodes = 500_000
    /// Values that aliases stand for.
    public var aliased = 400_000
    /// Documents in one stream.
    public var documents = 256
    /// Anchors in one stream.
    public var anchors = 20_000
    /// Keys given twice that are reported.
    public var duplicates = 1000

    public init() {}
}
