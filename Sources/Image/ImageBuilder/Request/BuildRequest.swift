public import ContainerModel
internal import EngineModel
public import ImageModel

/// What to build: Compose's `build` attributes, or the options of `docker build`, as the builder understands them.
public struct BuildRequest: Sendable, Hashable {
    /// What `COPY` and `ADD` take files from when they name no stage.
    public var context: ContextSource
    /// `dockerfile`, `dockerfile_inline` or `--file`.
    public var dockerfile: DockerfileSource = .inContext("Dockerfile")
    /// Values of `ARG`s. A value of nil in Compose means the caller's environment: it is resolved before.
    public var arguments: [String: String] = [:]
    /// Name or number of the stage to build; nil is the last.
    public var target: String?
    /// Of the image, over those of the Dockerfile.
    public var labels: [String: String] = [:]
    /// Of the image's manifest (OCI image specification, annotations).
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

    /// For steps that do not say it themselves (`RUN --network`).
    public var network = BuildNetwork.standard
    /// `name:address`.
    public var extraHosts: [String] = []
    /// Bytes.
    public var shmSize: Int64?
    /// Limits of the processes of `RUN` (`setrlimit(2)`).
    public var ulimits: [Ulimit] = []
    /// Parent of the cgroups of `RUN`.
    public var cgroupParent: String?
    /// Runs every `RUN` as a privileged container, and grants `security.insecure`.
    public var privileged = false
    /// What was granted: `network.host`, `security.insecure`.
    public var entitlements: Set<String> = []

    /// What `RUN --mount=type=secret` may ask for, by id.
    public var secrets: [BuildSecret] = []
    /// What `RUN --mount=type=ssh` may ask for, by id.
    public var ssh: [BuildSSH] = []
    /// `additional_contexts`: by the name used in `FROM`, `COPY --from` and `RUN --mount=from`.
    public var namedContexts: [String: ContextSource] = [:]
    /// `cache_from`: where results of other hosts may be taken from, the first that has one.
    public var cacheFrom: [CacheLocation] = []
    /// `cache_to`: where the results of this build are written to when it has succeeded.
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

    /// What `--mount=type=secret,id=…` names.
    public var id: String
    /// A file of the host, or the content itself; never part of the image.
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
    /// Whose keys a step may use; they never enter the container.
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

    /// `type=registry`, `type=local` or `type=inline`.
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
    /// What it is tagged as now; empty if the request has no tags.
    public var names: [ImageReference]

    public init(id: String, names: [ImageReference]) {
        self.id = id
        self.names = names
    }
}
