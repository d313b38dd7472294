/// `build`.
public struct BuildConfig: Sendable, Hashable {
    /// Absolute path or URL.
    public var context: String?
    /// Relative to the context, or absolute.
    public var dockerfile: String?
    public var dockerfileInline: String?
    public var entitlements: [String] = []
    public var args: [String: String?] = [:]
    public var provenance: String?
    public var sbom: String?
    public var ssh: [SSHKey] = []
    public var labels: [String: String] = [:]
    public var cacheFrom: [String] = []
    public var cacheTo: [String] = []
    public var noCache = false
    public var additionalContexts: [String: String] = [:]
    public var pull = false
    public var extraHosts: [String: [String]] = [:]
    public var isolation: String?
    public var network: String?
    public var target: String?
    public var secrets: [FileReference] = []
    public var shmSize: Int64?
    public var tags: [String] = []
    public var ulimits: [String: UlimitConfig] = [:]
    public var platforms: [String] = []
    public var privileged = false
    public var extensions: Extensions = [:]

    public init() {}
}

/// An SSH agent socket or key for the build.
public struct SSHKey: Sendable, Hashable {
    public var id: String
    public var path: String?

    public init(id: String, path: String? = nil) {
        self.id = id
        self.path = path
    }
}

/// `develop`.
public struct DevelopConfig: Sendable, Hashable {
    public var watch: [WatchTrigger] = []
    public var extensions: Extensions = [:]

    public init() {}
}

/// One entry of `develop.watch`.
public struct WatchTrigger: Sendable, Hashable {
    public enum Action: String, Sendable, Hashable {
        case rebuild, sync, restart
        case syncRestart = "sync+restart"
        case syncExec = "sync+exec"
    }

    /// Absolute.
    public var path: String
    public var action: Action
    public var target: String?
    public var exec: ServiceHook?
    public var include: [String] = []
    public var ignore: [String] = []
    public var initialSync = false
    public var extensions: Extensions = [:]

    public init(path: String, action: Action) {
        self.path = path
        self.action = action
    }
}

/// A model of the project.
public struct ModelConfig: Sendable, Hashable {
    public var name: String?
    public var model: String?
    public var contextSize: Int64?
    public var runtimeFlags: [String] = []
    public var extensions: Extensions = [:]

    public init() {}
}
