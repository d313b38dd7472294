internal import EngineModel
internal import Primitives

/// How somebody proves to a registry who they are.
public struct Credential: Sendable, Hashable {
    /// Empty when ``identityToken`` is all there is.
    public var username: String
    /// Or an access token in its place; never shown.
    public var password: String
    /// A token from an earlier login that stands for name and password; empty if there is none.
    public var identityToken: String

    public init(username: String, password: String, identityToken: String = "") {
        self.username = username
        self.password = password
        self.identityToken = identityToken
    }

    /// The value of an `Authorization` header.
    var basic: String { "Basic \(Base64.encode("\(username):\(password)".utf8))" }
}

/// Docker's names of registries in its `config.json`.
public enum RegistryServer {
    /// The key under which docker keeps logins to `docker.io`.
    public static let dockerHub = "https://index.docker.io/v1/"

    /// The key of `config.json` for a registry as users write it: a host, a host with a port, or a URL.
    public static func key(_ server: String) -> String {
        let host = host(server)
        return ["docker.io", "index.docker.io", "registry-1.docker.io", ""].contains(host) ? dockerHub : host
    }

    /// The registry's domain in image references.
    public static func domain(_ server: String) -> String {
        key(server) == dockerHub ? "docker.io" : host(server)
    }

    /// Without the scheme and without a path.
    static func host(_ server: String) -> String {
        var rest = server[...]
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        return String(rest.prefix { $0 != "/" })
    }
}
