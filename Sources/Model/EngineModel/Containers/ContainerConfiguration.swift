public import ContainerModel
public import Primitives

/// What to make a container from: the service's settings as the engine understands them, before the image's are added.
///
/// nil means "as the image says, else the engine's default".
public struct ContainerConfiguration: Codable, Sendable, Hashable {
    /// At least two of `[a-zA-Z0-9_.-]`, the first one a letter or digit; no other container may have it.
    public var name: String
    /// The image's reference or id.
    public var image: String
    /// All labels, among them `com.docker.compose.*`; those of the image are added when the container is made.
    public var labels: [String: String] = [:]
    /// Kept with the container and shown; nothing here acts on them.
    public var annotations: [String: String] = [:]
    /// The program, or the entrypoint's arguments.
    public var command: [String]?
    /// Non-nil also drops the image's command (Docker's rule).
    public var entrypoint: [String]?
    /// A value of nil removes the variable that the image sets.
    public var environment: [String: String?] = [:]
    /// Absolute path inside the container, made when missing; without an image's it is `/`.
    public var workingDirectory: String?
    /// `user`, `uid`, `user:group` or `uid:gid`; without an image's it is root.
    public var user: String?
    /// Groups besides the user's own, by name or number.
    public var groupAdd: [String] = []
    /// nil is that of the host or container whose network is shared, else the first 12 digits of the id.
    public var hostname: String?
    /// Of the UTS namespace (setdomainname(2)), and in `/etc/hosts`; nil sets none.
    public var domainname: String?
    /// Standard streams are a pseudo terminal (Compose `tty`).
    public var terminal = false
    /// Standard input stays open while nobody is attached to it (Compose `stdin_open`).
    public var openStdin = false
    /// Process 1 is ours: it passes signals on and reaps (Compose `init`).
    public var initProcess = false
    /// By name or number, such as `SIGQUIT`; without an image's it is SIGTERM.
    public var stopSignal: String?
    /// Seconds; nil is 10.
    public var stopTimeout: Int?
    /// What happens when the container has ended.
    public var restart = RestartPolicy.no
    /// nil is Docker's rule.
    public var restartPacing: RestartPacing?
    /// Once the container is made: the check that is carried out, nil for none.
    public var healthcheck: Healthcheck?

    /// In the order in which they are made.
    public var mounts: [Mount] = []
    /// Containers whose mounts are taken over, `ID[:ro]`.
    public var volumesFrom: [String] = []
    /// What is not mounted cannot be written to (Compose `read_only`).
    public var readOnlyRoot = false
    /// Bytes.
    public var shmSize: Int64?

    /// Which network namespace it has.
    public var networkMode = NetworkMode.networks
    /// Empty unless `networkMode` is `.networks`. First the one that gives the default route.
    public var networks: [NetworkAttachment] = []
    /// True while another container does its work: its names lead nowhere, and its ports are not published
    /// (``Engine/handOver(from:to:)``). nil is false.
    public var standby: Bool?
    /// Containers reachable under other names: alias → container name or id.
    public var links: [String: String] = [:]
    /// Published: reachable at the host's addresses.
    public var ports: [PortMapping] = []
    /// Not published.
    public var exposedPorts: [ContainerPort] = []
    /// `NAME:ADDRESS` or `NAME=ADDRESS` for `/etc/hosts`; `host-gateway` stands for the host's address.
    public var extraHosts: [String] = []
    /// Addresses of name servers that are asked instead of the host's.
    public var dns: [String] = []
    /// Domains in which short names are looked up (`search` of resolv.conf(5)).
    public var dnsSearch: [String] = []
    /// Such as `ndots:1` (`options` of resolv.conf(5)).
    public var dnsOptions: [String] = []
    /// Of the interface in the first network, unless that says another one; nil is derived from the IPv4 address.
    public var macAddress: String?

    /// Process ids: with `.host` it sees the host's processes.
    public var pid = NamespaceMode.own
    /// System V IPC, POSIX message queues and `/dev/shm`.
    public var ipc = NamespaceMode.own
    /// An IPC namespace of its own without `/dev/shm` (`ipc: none`); nil is false.
    public var hasNoSharedMemory: Bool?
    /// Host and domain name.
    public var uts = NamespaceMode.own
    /// The view of `/sys/fs/cgroup`.
    public var cgroup = NamespaceMode.own

    /// All capabilities, devices and paths of the host.
    public var privileged = false
    /// Names with or without `CAP_`, in any case of letters; `ALL` is all.
    public var capAdd: [String] = []
    /// As in ``capAdd``, taken away from Docker's default.
    public var capDrop: [String] = []
    /// `no-new-privileges`, `seccomp=…` (a profile's JSON text instead of its path), `apparmor=…`, `systempaths=…`.
    public var securityOpt: [String] = []
    /// Besides the usual ones, such as `/dev/null`.
    public var devices: [DeviceMapping] = []
    /// Devices that are looked for on the host at each start; nil is none.
    public var deviceRequests: [DeviceRequest]?
    /// `c 1:3 rwm` lines besides the defaults.
    public var deviceCgroupRules: [String] = []
    /// Kernel parameters of the container's own namespaces, by dotted name.
    public var sysctls: [String: String] = [:]
    /// setrlimit(2), for each process of the container.
    public var ulimits: [Ulimit] = []
    /// -1000 to 1000: the higher, the sooner it is killed when memory is short (proc_pid_oom_score_adj(5)).
    public var oomScoreAdj: Int?
    /// For all processes of the container together.
    public var resources = ResourceLimits()
    /// The control group above the container's, below each hierarchy's mount point; nil is `/compose`.
    public var cgroupParent: String?
    /// Where output goes besides those who are attached.
    public var logging = LogConfiguration()
    /// `storage_opt`, for drivers that know some; kept with the container, without effect.
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
