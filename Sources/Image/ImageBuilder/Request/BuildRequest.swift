public import ContainerModel
internal import EngineModel
public import ImageModel

/// What to build: Compose's `build` attributes, or the options of `docker build`, as the builder understands them.
public struct BuildRequest: Sendable, Hashable {
    public var context: ContextSource
    public var dockerfile: DockerfileSource = .inContext("Dockerfile")
    /// Values of `ARG`s. A value of nil in Compose means the caller's environment: it is resolved before.
    public var arguments: [String: String] = [:]
    /// Name or number of the stage to build; nil is the last.
    public var target: String?
    public var labels: [String: String] = [:]
    public var annotations: [String: String] = [:]
    /// Names for the result (`latest` where no tag is given).
    public var tags: [ImageReference] = []

    /// Takes nothing from the cache.
    public var noCache = false
    /// Takes nothing from the cache for these stages.
    public var noCacheFilter: [String] = []
    /// Asks the registry for newer base images even if they are here.
    public var pull = false
    /// nil is the machine's own. Others are refused.
    public var platform: Platform?

    public var network = BuildNetwork.standard
    /// `name:address`.
    public var extraHosts: [String] = []
    /// Bytes.
    public var shmSize: Int64?
    public var ulimits: [Ulimit] = []
    /// Parent of the cgroups of `RUN`.
    public var cgroupParent: String?
    /// Runs every `RUN` as a privileged container, and grants `security.insecure`.
    public var privileged = false
    /// What was granted: `network.host`, `security.insecure`.
    public var entitlements: Set<String> = []

    public var secrets: [BuildSecret] = []
    public var ssh: [BuildSSH] = []
    /// `additional_contexts`: by the name used in `FROM`, `COPY --from` and `RUN --mount=from`.
    public var namedContexts: [String: ContextSource] = [:]
    public var cacheFrom: [CacheLocation] = []
    public var cacheTo: [CacheLocation] = []
    /// Seconds since 1970: times of the image, its history and (as a maximum) its files. nil takes the build argument
    /// `SOURCE_DATE_EPOCH`, if there is one.
    public var sourceDateEpoch: Int64?
    /// Secret environment of the build's own programs (`git`): proxies, `HOME`, `SSH_AUTH_SOCK`.
    public var environment: [String: String] = [:]

    public init(context: ContextSource) {
        self.context = context
    }
}

/// Where a tree of files comes from.
public enum ContextSource: Sendable, Hashable {
    /// A directory of the host.
    case directory(String)
    /// `https://host/repo.git#ref:subdirectory`, `git@host:repo`, `git://…`.
    case git(String)
    /// A tar archive, compressed or not, that is open for reading and stays the caller's; `subject` names it in errors.
    case archive(Int32, subject: String)
    /// A tar archive below `http:` or `https:`.
    case url(String)
    /// The root of an image.
    case image(ImageReference)
    /// The root of an image in an OCI image layout on the host: `DIRECTORY[:TAG][@DIGEST]`.
    case layout(String)
    /// The root of an image that is here, by id: another build's result (`service:`).
    case build(id: String)
    case empty
}

/// Where the Dockerfile comes from.
public enum DockerfileSource: Sendable, Hashable {
    /// Path relative to the context's root.
    case inContext(String)
    /// Path on the host, which may be outside of the context.
    case hostFile(String)
    /// The text itself (`dockerfile_inline`, standard input).
    case text(String)
}

/// The network of `RUN`.
public enum BuildNetwork: Sendable, Hashable {
    /// A network of the engine with access to the outside.
    case standard
    /// Only `lo`.
    case none
    /// The host's; then a Dockerfile may ask for it too.
    case host
    /// An existing network of this name.
    case named(String)
}

/// `--mount=type=secret`.
public struct BuildSecret: Sendable, Hashable {
    /// Where the content comes from.
    public enum Source: Sendable, Hashable {
        /// A file of the host.
        case file(String)
        case content([UInt8])
    }

    public var id: String
    public var source: Source

    public init(id: String, source: Source) {
        self.id = id
        self.source = source
    }
}

/// `--mount=type=ssh`.
public struct BuildSSH: Sendable, Hashable {
    /// Where the content comes from.
    public enum Source: Sendable, Hashable {
        /// An agent's.
        case socket(String)
        /// Files with private keys, for which the build starts an agent of its own.
        case keys([String])
    }

    /// `default` unless given.
    public var id: String
    public var source: Source

    public init(id: String = "default", source: Source) {
        self.id = id
        self.source = source
    }
}

/// `cache_from`, `cache_to`: `type=…,key=value,…`, or just an image reference.
public struct CacheLocation: Sendable, Hashable, CustomStringConvertible {
    /// Where the cache is.
    public enum Kind: Sendable, Hashable {
        case registry(ImageReference)
        /// An OCI image layout.
        case local(directory: String)
        /// Within the image that is built.
        case inline
    }

    public var kind: Kind
    /// Also the layers of stages that are not part of the result.
    public var maximum: Bool
    /// A failure of this location does not fail the build.
    public var ignoresErrors: Bool

    public init(_ kind: Kind, maximum: Bool = false, ignoresErrors: Bool = false) {
        self.kind = kind
        self.maximum = maximum
        self.ignoresErrors = ignoresErrors
    }

    public var description: String {
        switch kind {
        case .registry(let reference): "type=registry,ref=\(reference)"
        case .local(let directory): "type=local,directory=\(directory)"
        case .inline: "type=inline"
        }
    }
}

/// What a build has made.
public struct BuiltImage: Sendable, Hashable {
    /// `sha256:…` of the configuration.
    public var id: String
    public var names: [ImageReference]

    public init(id: String, names: [ImageReference]) {
        self.id = id
        self.names = names
    }
}
