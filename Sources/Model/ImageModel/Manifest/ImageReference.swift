/// The name of an image: `[DOMAIN/]PATH[:TAG][@DIGEST]`, with Docker's defaults filled in (distribution's reference
/// grammar): `redis` is `docker.io/library/redis`, and means the tag `latest` where a tag is needed.
public struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// Registry host, with port if one was given.
    public let domain: String
    /// Repository in the registry, without a `/` at either end: `library/redis`.
    public let path: String
    /// nil if none was given: ``withDefaultTag`` fills in `latest`.
    public let tag: String?
    /// Pins the content; nil if none was given.
    public let digest: Digest?

    /// Reads a name as users write it; Docker Hub and `latest` are understood.
    public init(_ text: String) throws(ImageFormatError) {
        func wrong(_ reason: String) -> ImageFormatError {
            ImageFormatError(.reference, "image reference \"\(text.prefix(300))\"", reason)
        }
        guard !text.isEmpty else { throw wrong("it is empty") }
        var rest = Substring(text)
        if let at = rest.firstIndex(of: "@") {
            digest = try Digest(String(rest[rest.index(after: at)...]))
            rest = rest[..<at]
        } else {
            digest = nil
        }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            let tag = String(rest[rest.index(after: colon)...])
            guard Self.isTag(tag) else {
                throw wrong("a tag has 1 to 128 letters, digits, '_', '.', '-' and begins with neither '.' nor '-'")
            }
            self.tag = tag
            rest = rest[..<colon]
        } else {
            tag = nil
        }
        if let slash = rest.firstIndex(of: "/"), Self.looksLikeDomain(rest[..<slash]) {
            domain = rest[..<slash] == "index.docker.io" ? "docker.io" : String(rest[..<slash])
            rest = rest[rest.index(after: slash)...]
        } else {
            domain = "docker.io"
        }
        guard Self.isDomain(domain) else { throw wrong("\"\(domain)\" is not a host name") }
        path = domain == "docker.io" && !rest.contains("/") ? "library/\(rest)" : String(rest)
        let isUpper = path.utf8.contains { (0x41...0x5a).contains($0) }
        if path.utf8.contains(0x20) {
            throw wrong("the name has a blank in it" + (isUpper ? ", and it must be lower case" : ""))
        }
        if isUpper { throw wrong("the name must be lower case") }
        guard path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({ Self.isPathComponent($0) })
        else { throw wrong("a name has lower-case letters and digits, separated by '.', '_', '__' or '-'") }
        guard domain.utf8.count + path.utf8.count < 255 else { throw wrong("the name is longer than 255 bytes") }
    }

    private init(domain: String, path: String, tag: String?, digest: Digest?) {
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    /// `DOMAIN/PATH`.
    public var name: String { "\(domain)/\(path)" }

    /// All of it, with the domain.
    public var description: String { name + suffix }

    /// As users write it: without `docker.io/` and `library/`.
    public var familiar: String { familiarName + suffix }

    /// ``familiar`` without tag and digest.
    public var familiarName: String {
        guard domain == "docker.io" else { return name }
        return path.hasPrefix("library/") ? String(path.dropFirst(8)) : path
    }

    /// With the tag `latest` if there is neither a tag nor a digest.
    public var withDefaultTag: ImageReference {
        if tag != nil || digest != nil { return self }
        return ImageReference(domain: domain, path: path, tag: "latest", digest: nil)
    }

    /// Without what pins the content.
    public var withoutDigest: ImageReference { ImageReference(domain: domain, path: path, tag: tag, digest: nil) }

    private var suffix: String { (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "") }

    private static func looksLikeDomain(_ text: Substring) -> Bool {
        text.contains(".") || text.contains(":") || text == "localhost" || text.lowercased() != String(text)
    }

    private static func isDomain(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts[1].isEmpty || parts[1].count > 5 || !parts[1].utf8.allSatisfy(\.isDigit) {
            return false
        }
        return parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return first.isAlphanumeric && last.isAlphanumeric
                && label.utf8.allSatisfy { $0.isAlphanumeric || $0 == 0x2d }
        }
    }

    private static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, first != 0x2e, first != 0x2d else { return false }
        return text.utf8.allSatisfy { $0.isAlphanumeric || $0 == 0x5f || $0 == 0x2e || $0 == 0x2d }
    }

    /// Letters and digits with single separators between them: one of `.`, `_`, `__`, or any number of `-`.
    private static func isPathComponent(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, first.isLowerAlphanumeric,
            last.isLowerAlphanumeric
        else { return false }
        let separators = text.split(whereSeparator: { $0.utf8.allSatisfy(\.isLowerAlphanumeric) })
        return separators.allSatisfy { $0 == "." || $0 == "_" || $0 == "__" || $0.allSatisfy { $0 == "-" } }
    }
}
