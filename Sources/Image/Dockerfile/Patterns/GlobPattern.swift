/// A pattern for the sources of COPY and ADD, Go's `filepath.Match`: `*`, `?`, `[a-z]`, `[^a]` and `\`; none of them
/// is a `/`.
public struct GlobPattern: Sendable, Hashable {
    /// The pattern as it was given.
    public let text: String
    private let automaton: PatternAutomaton

    /// - Parameter hasDoubleStars: `**` stands for any number of directories, as `--parents` and `--exclude` have it.
    public init(_ text: String, hasDoubleStars: Bool = false) throws(PatternError) {
        self.text = text
        automaton = try PatternAutomaton(text, hasDoubleStars: hasDoubleStars)
    }

    /// nil if something in the pattern is special; else the path that is meant, escapes taken away.
    public var literal: String? { automaton.literal.map { String(decoding: $0, as: UTF8.self) } }

    /// The whole path matches.
    public func matches(_ path: String) -> Bool { automaton.follow(Array(path.utf8)).matches }

    /// Something below the directory may match: it must be walked.
    public func mayMatch(below directory: String) -> Bool {
        automaton.follow(Array(directory.utf8) + [UInt8(ascii: "/")]).mayGoOn
    }
}
