/// One service (Compose Specification, "Services top-level element").
///
/// nil and empty collections mean "not set": the image or the engine decides. Numbers whose 0 means "not set" in the
/// specification are nil then.
public struct Service: Sendable, Hashable {
    /// The service's key in the file.
    public var name: String
    /// The profiles that enable it; empty is always enabled.
    public var profiles: [String] = []
    /// Annotations of its containers.
    public var annotations: [String: String] = [:]
    /// nil is true: `up` shows the output.
    public var attach: Bool?
    /// How its image is built; nil for images that are pulled.
    @Boxed public var build: BuildConfig?
    /// What `watch` does.
    @Boxed public var develop: DevelopConfig?
    /// `blkio_config`: limits of block devices.
    @Boxed public var blkioConfig: BlkioConfig?
    /// Capabilities besides the usual, with or without `CAP_`.
    public var capAdd: [String] = []
    /// Capabilities to take away.
    public var capDrop: [String] = []
    /// The control group that the containers' groups lie in.
    public var cgroupParent: String?
    /// `host`, `private`.
    public var cgroup: String?
    /// Number of processors, on Windows.
    public var cpuCount: Int64?
    /// Share of the processors, on Windows.
    public var cpuPercent: Double?
    /// Microseconds.
    public var cpuPeriod: Int64?
    /// Microseconds for each period.
    public var cpuQuota: Int64?
    /// Microseconds.
    public var cpuRealtimePeriod: Int64?
    /// Microseconds.
    public var cpuRealtimeRuntime: Int64?
    /// Number of processors, such as 0.5.
    public var cpus: Double?
    /// The processors it may use, such as `0-3,5`.
    public var cpuset: String?
    /// Relative weight of its processor time.
    public var cpuShares: Int64?
    /// nil takes the image's command; empty clears it.
    public var command: [String]?
    /// The configs that its containers see.
    public var configs: [FileReference] = []
    /// The name of its only container.
    public var containerName: String?
    /// Credentials, on Windows.
    @Boxed public var credentialSpec: CredentialSpec?
    /// By service name; has the implied ones too (links, `network_mode: service:…`, `volumes_from` …).
    public var dependsOn: [String: ServiceDependency] = [:]
    /// Replicas, limits, and what only a swarm knows.
    @Boxed public var deploy: DeployConfig?
    /// Rules such as `c 1:3 mr`, besides the usual.
    public var deviceCgroupRules: [String] = []
    /// Devices of the host that it may use.
    public var devices: [DeviceConfig] = []
    /// Servers for names outside of the project.
    public var dns: [String] = []
    /// Options of resolv.conf(5).
    public var dnsOptions: [String] = []
    /// Domains that names are looked up in.
    public var dnsSearch: [String] = []
    /// The NIS domain name.
    public var domainname: String?
    /// nil takes the image's entrypoint; empty clears it. Non-nil drops the image's command.
    public var entrypoint: [String]?
    /// A program that runs the service instead of containers.
    @Boxed public var provider: ProviderConfig?
    /// With the contents of env files. A value of nil removes the variable that the image sets.
    public var environment: [String: String?] = [:]
    /// Empty once resolved into `environment`.
    public var envFiles: [EnvFile] = []
    /// `80`, `80/udp`, `8000-8010`.
    public var expose: [String] = []
    /// `CONTAINER[:ALIAS]`: containers outside of the project.
    public var externalLinks: [String] = []
    /// Host name → addresses in the order given; `host-gateway` is the host.
    public var extraHosts: [String: [String]] = [:]
    /// Groups of the process besides its user's own, by name or number.
    public var groupAdd: [String] = []
    /// GPUs that it needs.
    public var gpus: [DeviceRequest] = []
    /// nil is the container's short id.
    public var hostname: String?
    /// How its health is found out; nil takes the image's.
    @Boxed public var healthcheck: HealthcheckConfig?
    /// The image's reference; nil is named after project and service.
    public var image: String?
    /// `init`: a small process 1 that forwards signals and reaps.
    public var initProcess: Bool?
    /// `host`, `private`, `shareable`, `service:NAME`, `container:NAME`.
    public var ipc: String?
    /// Windows' kind of isolation.
    public var isolation: String?
    /// Labels of its containers.
    public var labels: [String: String] = [:]
    /// Empty once resolved into `labels`.
    public var labelFiles: [String] = []
    /// `SERVICE[:ALIAS]`.
    public var links: [String] = []
    /// Where its output goes.
    @Boxed public var logging: LoggingConfig?
    /// Bytes of memory at most.
    public var memLimit: Int64?
    /// Bytes of memory that it gets when memory is short.
    public var memReservation: Int64?
    /// Memory and swap together; -1 is no limit.
    public var memSwapLimit: Int64?
    /// 0 to 100.
    public var memSwappiness: Int64?
    /// The Ethernet address on its first network.
    public var macAddress: String?
    /// By model key; a value of nil takes the usual variables.
    public var models: [String: ServiceModel?] = [:]
    /// `host`, `none`, `bridge`, `service:NAME`, `container:NAME` or a network's name.
    public var networkMode: String?
    /// By network key; a value of nil has no options.
    public var networks: [String: ServiceNetwork?] = [:]
    /// Its processes are not killed when memory runs out.
    public var oomKillDisable = false
    /// -1000 to 1000.
    public var oomScoreAdj: Int64?
    /// `host`, `service:NAME`, `container:NAME`; nil is a namespace of its own.
    public var pid: String?
    /// -1 is no limit.
    public var pidsLimit: Int64?
    /// The platform of its image, such as `linux/arm64`.
    public var platform: String?
    /// Ports that the host publishes.
    public var ports: [PortConfig] = []
    /// Its containers have all capabilities and devices.
    public var privileged = false
    /// `always`, `never`, `missing`, `build`, `daily`, `weekly`, `every_DURATION`, `refresh`.
    public var pullPolicy: String?
    /// Its root file system cannot be written.
    public var readOnly = false
    /// `no`, `always`, `on-failure[:N]`, `unless-stopped`.
    public var restart: String?
    /// The OCI runtime, where there is a choice.
    public var runtime: String?
    /// How many containers there are.
    public var scale: Int?
    /// The secrets that its containers see.
    public var secrets: [FileReference] = []
    /// `no-new-privileges`, `seccomp=…`, `apparmor=…`, `systempaths=…`, `label=…`.
    public var securityOpt: [String] = []
    /// Bytes of `/dev/shm`.
    public var shmSize: Int64?
    /// Its standard input stays open without a reader.
    public var stdinOpen = false
    /// nil is 10 s; less than nothing is without end, as in Docker.
    public var stopGracePeriod: Duration?
    /// The signal that asks it to end.
    public var stopSignal: String?
    /// Options of the storage driver.
    public var storageOpt: [String: String] = [:]
    /// Kernel parameters of its namespaces, by dotted name.
    public var sysctls: [String: String] = [:]
    /// `PATH[:OPTIONS]`.
    public var tmpfs: [String] = []
    /// Its standard streams are a terminal.
    public var tty = false
    /// By name, as in setrlimit(2) without `RLIMIT_`, in lower case.
    public var ulimits: [String: UlimitConfig] = [:]
    /// `use_api_socket`: the engine's socket is mounted.
    public var useAPISocket = false
    /// `USER[:GROUP]`, by name or number.
    public var user: String?
    /// `host`, where containers have user namespaces.
    public var usernsMode: String?
    /// `host`; nil is a namespace of its own.
    public var uts: String?
    /// What is mounted.
    public var volumes: [ServiceVolume] = []
    /// `SERVICE[:ro|rw]`, `container:NAME[:ro|rw]`.
    public var volumesFrom: [String] = []
    /// Absolute path inside the container.
    public var workingDir: String?
    /// Commands after each start.
    public var postStart: [ServiceHook] = []
    /// Commands before each stop.
    public var preStop: [ServiceHook] = []
    /// The object's `x-…` attributes.
    public var extensions: Extensions = [:]

    public init(name: String) {
        self.name = name
    }

    /// How many containers the file asks for; a `global` service has one on each machine.
    public var replicas: Int {
        if let scale { return scale }
        return deploy?.mode?.hasPrefix("global") == true ? 1 : deploy?.replicas ?? 1
    }

    /// It is to run once and to end (`deploy.mode` `replicated-job` or `global-job`): what has ended well stays so.
    public var isJob: Bool { deploy?.mode?.hasSuffix("-job") == true }

    /// Keys of the networks, those with the highest `priority` first, then by name.
    public var networkNamesByPriority: [String] {
        networks.keys.sorted { left, right in
            let leftPriority = (networks[left] ?? nil)?.priority ?? 0
            let rightPriority = (networks[right] ?? nil)?.priority ?? 0
            return leftPriority == rightPriority ? left < right : leftPriority > rightPriority
        }
    }
}
