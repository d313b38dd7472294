internal import Primitives

/// A `.dockerignore`, or the patterns of `--exclude`.
///
/// A pattern stands for a path below the context and for all that is below that path; of those that match a path the
/// last one decides, and one with `!` in front includes it again.
public struct IgnoreFile: Sendable, Hashable {
    private struct Rule: Sendable, Hashable {
        let automaton: PatternAutomaton
        let includes: Bool
    }

    private var rules: [Rule] = []
    /// Excluded directories may hold files that are included again.
    public private(set) var hasNegations = false

    /// - Throws: the first pattern that is not one.
    public init(parsing text: String) throws(PatternError) {
        var bytes = Array(text.utf8)[...]
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
        let lines = bytes.split(separator: 0x0a).filter { $0.first != UInt8(ascii: "#") }
        try self.init(patterns: lines.map { String(decoding: $0, as: UTF8.self) })
    }

    /// - Parameter patterns: lines of an ignore file; none of them is a comment.
    public init(patterns: [String]) throws(PatternError) {
        for pattern in patterns {
            var text = pattern.trimmingSpaces
            let includes = text.hasPrefix("!")
            if includes {
                text = String(text.dropFirst()).trimmingSpaces
                if text.isEmpty { throw PatternError(pattern: "!", reason: "names nothing to include again") }
            }
            guard !text.isEmpty else { continue }
            rules.append(
                Rule(
                    automaton: try PatternAutomaton(Self.clean(text), hasDoubleStars: true), includes: includes))
            if includes { hasNegations = true }
        }
    }

    /// Whether it leaves nothing out.
    public var isEmpty: Bool { rules.isEmpty }

    /// The path, relative to the context and without a `/` at its ends, is left out.
    ///
    /// A pattern that matches a directory counts for all that is below it, so the answer does not depend on what was
    /// asked before.
    public func excludes(_ path: String, isDirectory: Bool = false) -> Bool {
        let bytes = Array(path.utf8)
        var isExcluded = false
        for rule in rules where rule.includes == isExcluded {
            let outcome = rule.automaton.follow(bytes)
            if outcome.matches || outcome.matchesParent { isExcluded.toggle() }
        }
        return isExcluded
    }

    /// The excluded directory must be looked into all the same: something in it may be included again.
    public func mayInclude(below directory: String) -> Bool {
        guard hasNegations else { return false }
        let bytes = Array(directory.utf8) + [UInt8(ascii: "/")]
        return rules.contains { rule in
            guard rule.includes else { return false }
            let outcome = rule.automaton.follow(bytes)
            return outcome.mayGoOn || outcome.matchesParent
        }
    }

    /// Without `.`, doubled slashes, a slash at an end, and without `..` where a directory is before it.
    static func clean(_ pattern: String) -> String {
        let path = cleanPath(pattern)
        return path == "/" ? "." : path.hasPrefix("/") ? String(path.dropFirst()) : path
    }
}
