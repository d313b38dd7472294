public import EngineModel

/// Where files of a Git repository come from: `https://host/x.git#ref:subdirectory`, `git@host:x.git`, `git://…`,
/// `ssh://…`, `file://…`, each with `?ref=…&subdir=…` instead of the fragment (BuildKit's Git URLs).
public struct GitReference: Sendable, Hashable {
    /// As `git fetch` takes it, without query and fragment.
    public private(set) var remote: String
    /// A branch, tag, full reference name or commit; empty is the repository's default branch.
    public private(set) var reference = ""
    /// Relative to the repository's root; empty is all of it.
    public private(set) var subdirectory = ""
    /// A commit that the reference must lead to: 7 to 64 hexadecimal digits.
    public private(set) var commit: String?
    /// `keep-git-dir=true`: `.git` is part of the tree.
    public private(set) var keepsGitDirectory = false
    /// `submodules=false` clears it.
    public private(set) var takesSubmodules = true

    /// Whether a source means a Git repository, even if it is not a valid one.
    ///
    /// `http` and `https` only do if the path ends with `.git`.
    public static func isGit(_ source: String) -> Bool {
        if source.hasPrefix("./") || source.hasPrefix("../") { return false }
        guard let separator = source.firstRange(of: "://") else { return isSecureShell(source) }
        switch source[..<separator.lowerBound].lowercased() {
        case "git", "ssh": return true
        case "http", "https": return split(source).remote.hasSuffix(".git")
        default: return false
        }
    }

    /// - Parameter allowsFiles: takes `file://` too, and `github.com/…`: for what the user himself names, never for what
    ///   a Dockerfile does.
    public init(_ source: String, allowsFiles: Bool) throws(EngineError) {
        let (remote, query, fragment) = Self.split(source)
        self.remote = remote
        let isHosted = allowsFiles && remote.hasPrefix("github.com/")
        if isHosted { self.remote = "https://" + remote }
        let isFile = allowsFiles && remote.lowercased().hasPrefix("file://")
        guard Self.isGit(source) || isHosted || isFile else {
            throw EngineError(
                .invalid, source, "it is not the URL of a Git repository",
                hint: "those begin with https:// and end with .git, or begin with ssh://, git:// or user@host:")
        }
        if let fragment {
            let parts = fragment.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            reference = String(parts.first ?? "")
            if parts.count == 2 { subdirectory = String(parts[1]) }
        }
        if let query { try take(query: query, of: source) }
        try check(source)
    }

    /// For messages: without user and password.
    public var shown: String { Self.withoutSecrets(remote) }

    /// A source as it was written, for messages: without user and password.
    static func shown(_ source: String) -> String {
        let (remote, query, fragment) = split(source)
        return withoutSecrets(remote) + (query.map { "?" + $0 } ?? "") + (fragment.map { "#" + $0 } ?? "")
    }

    /// `ADD`'s own options. Others in the URL are an error.
    mutating func take(checksum: String?, keepsGitDirectory: Bool) throws(EngineError) {
        if keepsGitDirectory { self.keepsGitDirectory = true }
        if let checksum {
            if let commit, commit != checksum {
                throw EngineError(.invalid, shown, "--checksum=\(checksum) and the URL's \(commit) differ")
            }
            commit = checksum
        }
        try check(shown)
    }

    private mutating func take(query: String, of source: String) throws(EngineError) {
        var names: Set<String> = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = percentDecoded(parts[0])
            let value = parts.count == 2 ? percentDecoded(parts[1]) : ""
            guard names.insert(name).inserted else {
                throw EngineError(.invalid, shown, "\(name) appears more than once in the query")
            }
            switch name {
            case "ref": try set(\.reference, value, name)
            case "tag": try set(\.reference, value.hasPrefix("refs/tags/") ? value : "refs/tags/\(value)", name)
            case "branch": try set(\.reference, value.hasPrefix("refs/heads/") ? value : "refs/heads/\(value)", name)
            case "subdir": try set(\.subdirectory, value, name)
            case "checksum", "commit": commit = value
            case "keep-git-dir": keepsGitDirectory = try flag(value, name)
            case "submodules": takesSubmodules = try flag(value, name)
            default:
                throw EngineError(
                    .invalid, shown, "the query has no meaning for \"\(name)\"",
                    hint: "the known ones are ref, tag, branch, subdir, checksum, commit, keep-git-dir and submodules")
            }
        }
    }

    private mutating func set(
        _ field: WritableKeyPath<GitReference, String>, _ value: String, _ name: String
    ) throws(EngineError) {
        if value.isEmpty { throw EngineError(.invalid, shown, "\(name) has no value in the query") }
        if !self[keyPath: field].isEmpty, self[keyPath: field] != value {
            throw EngineError(.invalid, shown, "\"\(self[keyPath: field])\" and \"\(value)\" contradict each other")
        }
        self[keyPath: field] = value
    }

    private func flag(_ value: String, _ name: String) throws(EngineError) -> Bool {
        switch value {
        case "", "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw EngineError(.invalid, shown, "\(name) has to be true or false")
        }
    }

    /// Nothing of it may be taken by git for an option, for more than one reference, or for a way out.
    private func check(_ source: String) throws(EngineError) {
        for text in [remote, reference] {
            guard !text.hasPrefix("-"), text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
                throw EngineError(.invalid, shown, "\"\(Self.withoutSecrets(text))\" cannot be given to git")
            }
        }
        guard !reference.contains(where: { ":^~*?[\\+".contains($0) }), !reference.contains("..") else {
            throw EngineError(.invalid, shown, "\"\(reference)\" is not the name of a branch, tag or commit")
        }
        guard !subdirectory.split(separator: "/").contains(".."), !subdirectory.utf8.contains(0) else {
            throw EngineError(.invalid, shown, "the directory \"\(subdirectory)\" leads out of the repository")
        }
        if let commit {
            guard (7...64).contains(commit.utf8.count), Self.isCommit(commit) else {
                throw EngineError(.invalid, shown, "\"\(commit)\" is not the id of a commit")
            }
        }
    }

    static func isCommit(_ text: String) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
    }

    /// Whether the reference can be the id of a commit, whole or shortened.
    var mayBeCommit: Bool { (7...64).contains(reference.utf8.count) && Self.isCommit(reference) }

    private static func split(_ source: String) -> (remote: String, query: String?, fragment: String?) {
        let parts = source.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let pieces = (parts.first ?? "").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (
            String(pieces.first ?? ""), pieces.count == 2 ? String(pieces[1]) : nil,
            parts.count == 2 ? String(parts[1]) : nil
        )
    }

    /// Whether it is `user@host:path`.
    private static func isSecureShell(_ source: String) -> Bool {
        guard let at = source.firstIndex(of: "@"), let colon = source.firstIndex(of: ":"), at < colon else {
            return false
        }
        let user = source[..<at]
        let host = source[source.index(after: at)..<colon]
        let isWord: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        return [user, host].allSatisfy { !$0.isEmpty && $0.first != "-" && $0.allSatisfy(isWord) }
    }

    static func withoutSecrets(_ url: String) -> String {
        guard let separator = url.firstRange(of: "://") else { return url }
        let rest = url[separator.upperBound...]
        let host = rest.prefix { $0 != "/" }
        guard let at = host.lastIndex(of: "@") else { return url }
        return String(url[..<separator.upperBound] + rest[rest.index(after: at)...])
    }
}
