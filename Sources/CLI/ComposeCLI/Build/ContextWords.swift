internal import ImageBuilder
internal import ImageModel

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
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            values[pair[0]] = pair.count > 1 ? pair[1] : ""
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

extension Platform {
    /// `os/arch[/variant]`, or one of the two, in the words of the OCI image specification.
    init(words: String) throws(CommandError) {
        let parts = words.lowercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), !parts.contains("") else {
            throw CommandError("\"\(words)\" is not a platform: it is OS/ARCHITECTURE, such as linux/amd64")
        }
        self.init(architecture: Platform.host.architecture, os: "linux")
        if parts.count > 1 {
            os = parts[0]
            architecture = Self.architecture(parts[1])
            variant = parts.count > 2 ? parts[2] : nil
        } else if parts[0] == "linux" || parts[0] == "windows" {
            os = parts[0]
        } else {
            architecture = Self.architecture(parts[0])
        }
    }

    private static func architecture(_ text: String) -> String {
        switch text {
        case "x86_64", "x86-64": "amd64"
        case "aarch64": "arm64"
        default: text
        }
    }
}
