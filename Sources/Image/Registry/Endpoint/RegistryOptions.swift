internal import LinuxSystem
internal import Primitives

/// How registries are reached.
public struct RegistryOptions: Sendable {
    /// `host`, `host:port` or an IPv4 subnet: registries that may speak plain HTTP or show any certificate.
    public var insecureRegistries: [String] = []
    /// URLs of mirrors of docker.io, asked before it.
    public var mirrors: [String] = []
    /// Where docker's `config.json` lies.
    public var configDirectory: String
    /// Directories with `HOST/*.crt` and `HOST/*.cert` with `*.key`.
    public var certificateDirectories = ["/etc/docker/certs.d"]
    /// The caller's: proxies, SSL_CERT_FILE, SSL_CERT_DIR, and PATH for credential helpers.
    public var environment: [String: String]
    /// When to try again and when to give up.
    public var patience = Patience()

    /// When to try again and when to give up. Nanoseconds.
    public struct Patience: Sendable {
        /// Until the connection stands, TLS included.
        public var connectTimeout: Int64 = 15_000_000_000
        /// Without a byte in either direction.
        public var stallTimeout: Int64 = 30_000_000_000
        /// Before the second attempt; doubles with each one.
        public var firstWait: Int64 = 500_000_000
        /// ``firstWait`` is doubled up to this.
        public var longestWait: Int64 = 20_000_000_000
        /// A server that asks for a longer wait with `Retry-After` is given up.
        public var longestRetryAfter: Int64 = 60_000_000_000
        /// In a row without progress.
        public var attempts = 5

        public init() {}
    }

    public init(configDirectory: String, environment: [String: String]) {
        self.configDirectory = configDirectory
        self.environment = environment
    }

    /// From the environment and from docker's own settings of this host: `DOCKER_CONFIG`, else `~/.docker`;
    /// `COMPOSE_INSECURE_REGISTRIES` (comma separated), `insecure-registries` and `registry-mirrors` of
    /// `/etc/docker/daemon.json`.
    public static func fromEnvironment(_ environment: [String: String]) -> RegistryOptions {
        var directory = environment["DOCKER_CONFIG"] ?? ""
        if directory.isEmpty { directory = (environment["HOME"] ?? "/root") + "/.docker" }
        var options = RegistryOptions(configDirectory: directory, environment: environment)
        let listed = (environment["COMPOSE_INSECURE_REGISTRIES"] ?? "").split(separator: ",").map { trimmed($0) }
        options.insecureRegistries = listed.filter { !$0.isEmpty }
        if let bytes = try? Files.read("/etc/docker/daemon.json", limit: 1 << 20),
            let document = try? JSONValue(parsing: bytes)
        {
            options.insecureRegistries += (document["insecure-registries"]?.elements ?? []).compactMap(\.text)
            options.mirrors = (document["registry-mirrors"]?.elements ?? []).compactMap(\.text)
        }
        return options
    }
}
