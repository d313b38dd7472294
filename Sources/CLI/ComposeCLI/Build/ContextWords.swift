internal import ImageBuilder
internal import ImageModel
internal import Primitives

/// What the words for a context mean: `build.context`, `additional_contexts`, the argument of `docker build`.
enum ContextWords {
    /// A context as it is written; `service:` stays open until that service's image is known.
    enum Meaning: Equatable {
        case source(ContextSource)
        case service(String)
    }

    /// - Throws: for what cannot be a context here, in words that follow the name of the attribute.
    static func meaning(of text: String) throws(CommandError) -> Meaning {
        if let name = rest(of: text, after: "service:") { return .service(name) }
        if let name = rest(of: text, after: "docker-image://") {
            do {
                return .source(.image(try ImageReference(name)))
            } catch {
                throw CommandError("\(error)")
            }
        }
        if let path = rest(of: text, after: "oci-layout://") { return .source(.layout(path)) }
        if text.hasPrefix("target:") { throw CommandError("\"\(text)\" is not supported: it belongs to bake files") }
        if isGit(text) { return .source(.git(text)) }
        if text.hasPrefix("http://") || text.hasPrefix("https://") { return .source(.url(text)) }
        if let scheme = text.split(separator: ":").first, text.dropFirst(scheme.count).hasPrefix("://") {
            throw CommandError("\"\(text)\" is not supported: it is a directory, a git repository or an http URL")
        }
        return .source(.directory(text))
    }

    /// Whether docker takes it for a git repository: by its scheme, or an http URL whose path ends in `.git`.
    static func isGit(_ text: String) -> Bool {
        if ["git://", "git@", "ssh://", "github.com/"].contains(where: { text.hasPrefix($0) }) { return true }
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else { return false }
        let path = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
            .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)[0]
        return path.hasSuffix(".git")
    }

    private static func rest(of text: String, after prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }
}

extension CacheLocation {
    /// `type=registry,ref=…,mode=max`, or just an image reference.
    init(words: String) throws(CommandError) {
        guard words.contains("=") else {
            self.init(.registry(try Self.reference(words)))
            return
        }
        var values: [String: String] = [:]
        for part in words.split(separator: ",") {
            let field = Assignment(parsing: part)
            values[field.name] = field.value ?? ""
        }
        let kind: Kind
        switch values["type"] {
        case "registry": kind = .registry(try Self.reference(values["ref"] ?? ""))
        case "inline": kind = .inline
        case "local":
            guard let directory = values["dest"] ?? values["src"] else {
                throw CommandError("cache location \"\(words)\": src or dest is missing")
            }
            kind = .local(directory: directory)
        case let other:
            throw CommandError(
                "cache location \"\(words)\": the type \"\(other ?? "")\" is not supported",
                hint: "it is registry, local or inline")
        }
        self.init(kind, maximum: values["mode"] == "max", ignoresErrors: values["ignore-error"] == "true")
    }

    private static func reference(_ text: String) throws(CommandError) -> ImageReference {
        do {
            return try ImageReference(text)
        } catch {
            throw CommandError("cache location: \(error)")
        }
    }
}
