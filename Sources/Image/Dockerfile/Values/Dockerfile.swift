/// A Dockerfile as it was read: nothing in it is expanded yet.
public struct Dockerfile: Sendable, Hashable {
    /// The file's name as errors show it.
    public let name: String
    /// The comments at the top that tell how to read the rest.
    public internal(set) var directives: ParserDirectives
    /// The ARG instructions before the first FROM; only FROM and the stages' ARGs without a default see them.
    public internal(set) var globalArguments: [Argument]
    /// In order of the file, at least one.
    public internal(set) var stages: [Stage]
    /// The file's lines without their ends, for excerpts; line 1 has index 0.
    public internal(set) var lines: [String]
    /// What the checks complain about that is not skipped by `# check=`. With `directives.checksFail` they are errors.
    public internal(set) var warnings: [DockerfileWarning]

    /// The stage that `reference` (a name in any case, or a number) means in `COPY --from=` or `--target`.
    ///
    /// - Parameter before: only stages before this one are looked at; nil looks at all. Of several stages with one name
    ///   the last one counts.
    public func stageIndex(_ reference: String, before: Int? = nil) -> Int? {
        let end = min(before ?? stages.count, stages.count)
        if let named = stageIndex(named: reference, before: end) { return named }
        guard let number = Int(reference), (0..<end).contains(number) else { return nil }
        return number
    }

    /// The stage with this name, as `FROM name` means it: numbers are not looked at.
    public func stageIndex(named name: String, before: Int) -> Int? {
        let wanted = name.lowercased()
        return stages[..<min(before, stages.count)].lastIndex { $0.name == wanted }
    }
}

/// The comments of the form `# name=value` at the very top of the file.
public struct ParserDirectives: Sendable, Hashable {
    /// `# syntax=`: the frontend's image. It is only kept; there is one frontend.
    public internal(set) var syntax: String?
    /// `# escape=`: the backslash or the backtick.
    public internal(set) var escape: EscapeCharacter = .backslash
    /// `# check=skip=A,B`: names of checks that are not reported, in lower case; `all` skips all.
    public internal(set) var skippedChecks: Set<String> = []
    /// `# check=error=true`: a warning fails the build.
    public internal(set) var checksFail = false
}

/// The character that continues lines and takes the meaning from the next character.
public enum EscapeCharacter: UInt8, Sendable, Hashable {
    case backslash = 0x5c
    case backtick = 0x60
}

/// Lines of a file; the first line has number 1.
public struct LineRange: Sendable, Hashable {
    /// The first line, from 1.
    public var first: Int
    /// The last line.
    public var last: Int

    public init(_ first: Int, _ last: Int) {
        self.first = first
        self.last = last
    }
}

/// FROM and the instructions up to the next one.
public struct Stage: Sendable, Hashable {
    /// Counts from 0.
    public internal(set) var index: Int
    /// In lower case; nil without `AS`.
    public internal(set) var name: String?
    /// An image, `scratch` or an earlier stage's name; not expanded.
    public internal(set) var base: String
    /// `--platform`, not expanded.
    public internal(set) var platform: String?
    /// The stage's instructions, FROM first.
    public internal(set) var instructions: [Instruction]
    /// The lines of the FROM instruction.
    public internal(set) var location: LineRange
    /// The FROM instruction on one line.
    public internal(set) var source: String
}
