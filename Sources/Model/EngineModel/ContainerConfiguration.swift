public import ContainerModel
public import Primitives

/// What to make a container from: the service's settings as the engine understands them, before the image's are added.
///
/// nil means "as the image says, else the engine's default".
public struct ContainerConfiguration: Codable, Sendable, Hashable {
    public var name: String
    /// The image's reference or id.
    public var image: String
    /// All labels, among them `com.docker.compose.*`.
    public var labels: [String: String] = [:]
    public var annotations: [String: String] = [:]
    public var command: [String]?
    /// Non-nil also drops the image's command (Docker's rule).
    public var entrypoint: [String]?
    /// A value of nil removes the variable that the image sets.
    public var environment: [String: String?] = [:]
    public var workingDirectory: String?
    public var user: String?
    public var groupAdd: [String] = []
    public var hostname: String?
    public var domainname: String?
    public var terminal = false
    public var openStdin = false
    public var initProcess = false
    public var stopSignal: String?
    /// Seconds; nil is 10.
    public var stopTimeout: Int?
    public var restart = RestartPolicy.no
    public var healthcheck: Healthcheck?

    public var mounts: [Mount] = []
    /// Containers whose mounts are taken over, `ID[:ro]`.
    public var volumesFrom: [String] = []
    public var readOnlyRoot = false
    /// Bytes.
    public var shmSize: Int64?

    public var networkMode = NetworkMode.networks
    /// Empty unless `networkMode` is `.networks`. First the one that gives the default route.
    public var networks: [NetworkAttachment] = []
    /// Containers reachable under other names: alias → container name or id.
    public var links: [String: String] = [:]
    public var ports: [PortMapping] = []
    /// Not published.
    public var exposedPorts: [ContainerPort] = []
    public var extraHosts: [String] = []
    public var dns: [String] = []
    public var dnsSearch: [String] = []
    public var dnsOptions: [String] = []
    public var macAddress: String?

    public var pid = NamespaceMode.own
    public var ipc = NamespaceMode.own
    public var uts = NamespaceMode.own
    public var cgroup = NamespaceMode.own

    public var privileged = false
    public var capAdd: [String] = []
    public var capDrop: [String] = []
    /// `no-new-privileges`, `seccomp=…` (a profile's JSON text instead of its path), `apparmor=…`, `systempaths=…`.
    public var securityOpt: [String] = []
    public var devices: [DeviceMapping] = []
    public var deviceCgroupRules: [String] = []
    public var sysctls: [String: String] = [:]
    public var ulimits: [Ulimit] = []
    public var oomScoreAdj: Int?
    public var resources = ResourceLimits()
    public var cgroupParent: String?
    public var logging = LogConfiguration()
    public var storageOptions: [String: String] = [:]
    /// Files written into the container's root before each start (secrets and configs from variables or text).
    public var files: [InjectedFile] = []
    /// A one-off container is removed by itself when it ends (`run --rm`).
    public var autoRemove = false

    public init(name: String, image: String) {
        self.name = name
        self.image = image
    }
}

/// A file whose content the caller gives.
public struct InjectedFile: Codable, Sendable, Hashable {
    /// Absolute path inside the container.
    public var target: String
    public var content: String
    public var mode: UInt32
    public var uid: UInt32
    public var gid: UInt32

    public init(target: String, content: String, mode: UInt32 = 0o444, uid: UInt32 = 0, gid: UInt32 = 0) {
        self.target = target
        self.content = content
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }
}

/// Something mounted in a container.
public struct Mount: Codable, Sendable, Hashable {
    /// What is mounted.
    public enum Kind: Codable, Sendable, Hashable {
        /// `createHostPath` makes a missing source as a directory; else it is an error.
        case bind(
            source: String, createHostPath: Bool, propagation: MountPropagation?, recursive: String?,
            selinux: SELinuxLabel?)
        /// A named volume that exists.
        case volume(name: String, noCopy: Bool, subpath: String?)
        /// A new volume without a name, filled from the image.
        case anonymousVolume(noCopy: Bool)
        case tmpfs(size: UInt64?, mode: UInt32?, options: [String])
    }

    public var kind: Kind
    public var target: String
    public var readOnly: Bool

    public init(kind: Kind, target: String, readOnly: Bool = false) {
        self.kind = kind
        self.target = target
        self.readOnly = readOnly
    }
}

/// Where a container's network comes from.
public enum NetworkMode: Codable, Sendable, Hashable {
    /// Attached to `networks`.
    case networks
    /// Only `lo`.
    case none
    case host
    /// Shares the network namespace of the container with this id.
    case container(String)
}

/// How a container is attached to a network.
public struct NetworkAttachment: Codable, Sendable, Hashable {
    /// The network's name (not its key in the file).
    public var network: String
    public var aliases: [String] = []
    public var ipv4Address: String?
    public var ipv6Address: String?
    public var linkLocalAddresses: [String] = []
    public var macAddress: String?
    public var interfaceName: String?
    public var driverOptions: [String: String] = [:]
    /// Of the attachments the one with the highest gives the default route.
    public var gatewayPriority = 0

    public init(network: String) {
        self.network = network
    }
}

/// `json-file` and `local` both mean our own log files; `none` keeps nothing.
public struct LogConfiguration: Codable, Sendable, Hashable {
    public var driver: String
    /// `max-size`, `max-file` and whatever else was given.
    public var options: [String: String]

    public init(driver: String = "json-file", options: [String: String] = [:]) {
        self.driver = driver
        self.options = options
    }
}
