/// `build`.
public struct BuildConfig: Sendable, Hashable {
    /// Absolute path or URL.
    public var context: String?
    /// Relative to the context, or absolute.
    public var dockerfile: String?
    /// `dockerfile_inline`: the Dockerfile's text; excludes `dockerfile`.
    public var dockerfileInline: String?
    /// What the build may ask for beyond the usual, such as `network.host`.
    public var entitlements: [String] = []
    /// Build arguments; nil takes the caller's variable of that name.
    public var args: [String: String?] = [:]
    /// `provenance`: a boolean or BuildKit's options, as text.
    public var provenance: String?
    /// `sbom`: a boolean or BuildKit's options, as text.
    public var sbom: String?
    /// Agents and keys that RUN steps may mount.
    public var ssh: [SSHKey] = []
    /// Labels of the image.
    public var labels: [String: String] = [:]
    /// Images and caches whose steps may be taken.
    public var cacheFrom: [String] = []
    /// Where the steps of this build are kept for others.
    public var cacheTo: [String] = []
    /// Every step is made anew.
    public var noCache = false
    /// Further contexts by the name that Dockerfiles use.
    public var additionalContexts: [String: String] = [:]
    /// Base images are looked up in their registry even if they are here.
    public var pull = false
    /// Host name → addresses in the order given, for RUN steps.
    public var extraHosts: [String: [String]] = [:]
    /// Windows' kind of isolation.
    public var isolation: String?
    /// The network mode of RUN steps.
    public var network: String?
    /// The stage to build; nil is the last.
    public var target: String?
    /// Secrets that RUN steps may mount.
    public var secrets: [FileReference] = []
    /// Bytes of `/dev/shm` in RUN steps.
    public var shmSize: Int64?
    /// Names of the image besides the service's `image`.
    public var tags: [String] = []
    /// Limits of the processes of RUN steps.
    public var ulimits: [String: UlimitConfig] = [:]
    /// Platforms to build for, such as `linux/amd64`.
    public var platforms: [String] = []
    /// RUN steps are not confined.
    public var privileged = false
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// An SSH agent socket or key for the build.
public struct SSHKey: Sendable, Hashable {
    /// The name that `--mount=type=ssh,id=…` uses.
    public var id: String
    /// The socket or the key's file; nil is the caller's agent.
    public var path: String?

    public init(id: String, path: String? = nil) {
        self.id = id
        self.path = path
    }
}

/// `develop`.
public struct DevelopConfig: Sendable, Hashable {
    /// What `watch` does when files change.
    public var watch: [WatchTrigger] = []
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}

/// One entry of `develop.watch`.
public struct WatchTrigger: Sendable, Hashable {
    /// What happens when a watched file changes.
    public enum Action: String, Sendable, Hashable {
        case rebuild, sync, restart
        case syncRestart = "sync+restart"
        case syncExec = "sync+exec"
    }

    /// Absolute.
    public var path: String
    /// What happens when a file changes.
    public var action: Action
    /// Absolute path inside the container that the files are copied to.
    public var target: String?
    /// The command of `sync+exec`.
    public var exec: ServiceHook?
    /// Patterns of the files that count; empty is all.
    public var include: [String] = []
    /// Patterns of files that do not count.
    public var ignore: [String] = []
    /// Files are compared and copied when watching begins.
    public var initialSync = false
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init(path: String, action: Action) {
        self.path = path
        self.action = action
    }
}

/// A model of the project.
public struct ModelConfig: Sendable, Hashable {
    /// The model's name outside the project.
    public var name: String?
    /// The artifact that holds the model.
    public var model: String?
    /// Tokens of context.
    public var contextSize: Int64?
    /// Words for the command line of whatever runs the model.
    public var runtimeFlags: [String] = []
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init() {}
}
