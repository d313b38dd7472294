internal import EngineModel

/// Where a registry answers, and what it wants to know first.
struct RegistryEndpoint: Sendable {
    /// Scheme and host; the path is where `/v2/` is put behind.
    var base: HTTPURL
    var challenges: [Challenge]

    /// Candidates for a registry's domain in the order they are tried: TLS first, plain HTTP only where it is allowed.
    static func candidates(domain: String, trust: HostTrust) throws(HTTPFailure) -> [HTTPURL] {
        let host = domain == "docker.io" ? "registry-1.docker.io" : domain
        let secure = try HTTPURL(scheme: .https, authority: host, path: "")
        let plain = try HTTPURL(scheme: .http, authority: host, path: "")
        return trust.allowsPlain(plain) ? [secure, plain] : [secure]
    }

    /// A mirror is named by its whole URL.
    static func candidates(mirror: String) throws(HTTPFailure) -> [HTTPURL] {
        var url = try HTTPURL(mirror)
        while url.path.hasSuffix("/") { url.path.removeLast() }
        return [url]
    }

    /// `path` behind `/v2/`.
    func url(_ path: String) -> HTTPURL {
        var url = base
        let mark = path.firstIndex(of: "?")
        url.path += "/v2/" + path[..<(mark ?? path.endIndex)]
        url.query = mark.map { String(path[path.index(after: $0)...]) }
        return url
    }

    /// The challenge that is answered: a token is preferred to a password.
    var challenge: Challenge? {
        challenges.first { $0.scheme == "bearer" } ?? challenges.first { $0.scheme == "basic" }
    }
}
