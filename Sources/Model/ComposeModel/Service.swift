/// One service (Compose Specification, "Services top-level element").
///
/// nil and empty collections mean "not set": the image or the engine decides. Numbers whose 0 means "not set" in the
/// specification are nil then.
public struct Service: Sendable, Hashable {
    public var name: String
    public var profiles: [String] = []
    public var annotations: [String: String] = [:]
    /// nil is true: `up` shows the output.
    public var attach: Bool?
    @Boxed public var build: BuildConfig?
    @Boxed public var develop: DevelopConfig?
    @Boxed public var blkioConfig: BlkioConfig?
    public var capAdd: [String] = []
    public var capDrop: [String] = []
    public var cgroupParent: String?
    /// `host`, `private`.
    public var cgroup: String?
    public var cpuCount: Int64?
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
    public var cpuset: String?
    public var cpuShares: Int64?
    /// nil takes the image's command; empty clears it.
    public var command: [String]?
    public var configs: [FileReference] = []
    public var containerName: String?
    @Boxed public var credentialSpec: CredentialSpec?
    /// By service name; has the implied ones too (links, `network_mode: service:…`, `volumes_from` …).
    public var dependsOn: [String: ServiceDependency] = [:]
    @Boxed public var deploy: DeployConfig?
    public var deviceCgroupRules: [String] = []
    public var devices: [DeviceConfig] = []
    public var dns: [String] = []
    public var dnsOptions: [String] = []
    public var dnsSearch: [String] = []
    public var domainname: String?
    /// nil takes the image's entrypoint; empty clears it. Non-nil drops the image's command.
    public var entrypoint: [String]?
    @Boxed public var provider: ProviderConfig?
    /// With the contents of env files. A value of nil removes the variable that the image sets.
    public var environment: [String: String?] = [:]
    /// Empty once resolved into `environment`.
    public var envFiles: [EnvFile] = []
    /// `80`, `80/udp`, `8000-8010`.
    public var expose: [String] = []
    public var externalLinks: [String] = []
    /// Host name → addresses in the order given; `host-gateway` is the host.
    public var extraHosts: [String: [String]] = [:]
    public var groupAdd: [String] = []
    public var gpus: [DeviceRequest] = []
    public var hostname: String?
    @Boxed public var healthcheck: HealthcheckConfig?
    public var image: String?
    /// `init`: a small process 1 that forwards signals and reaps.
    public var initProcess: Bool?
    /// `host`, `private`, `shareable`, `service:NAME`, `container:NAME`.
    public var ipc: String?
    public var isolation: String?
    public var labels: [String: String] = [:]
    /// Empty once resolved into `labels`.
    public var labelFiles: [String] = []
    /// `SERVICE[:ALIAS]`.
    public var links: [String] = []
    @Boxed public var logging: LoggingConfig?
    public var memLimit: Int64?
    public var memReservation: Int64?
    /// Memory and swap together; -1 is no limit.
    public var memSwapLimit: Int64?
    public var memSwappiness: Int64?
    public var macAddress: String?
    public var models: [String: ServiceModel?] = [:]
    /// `host`, `none`, `bridge`, `service:NAME`, `container:NAME` or a network's name.
    public var networkMode: String?
    /// By network key; a value of nil has no options.
    public var networks: [String: ServiceNetwork?] = [:]
    public var oomKillDisable = false
    public var oomScoreAdj: Int64?
    public var pid: String?
    /// -1 is no limit.
    public var pidsLimit: Int64?
    public var platform: String?
    public var ports: [PortConfig] = []
    public var privileged = false
    /// `always`, `never`, `missing`, `build`, `daily`, `weekly`, `every_DURATION`, `refresh`.
    public var pullPolicy: String?
    public var readOnly = false
    /// `no`, `always`, `on-failure[:N]`, `unless-stopped`.
    public var restart: String?
    public var runtime: String?
    public var scale: Int?
    public var secrets: [FileReference] = []
    public var securityOpt: [String] = []
    public var shmSize: Int64?
    public var stdinOpen = false
    /// nil is 10 s; less than nothing is without end, as in Docker.
    public var stopGracePeriod: Duration?
    public var stopSignal: String?
    public var storageOpt: [String: String] = [:]
    public var sysctls: [String: String] = [:]
    /// `PATH[:OPTIONS]`.
    public var tmpfs: [String] = []
    public var tty = false
    public var ulimits: [String: UlimitConfig] = [:]
    public var useAPISocket = false
    public var user: String?
    public var usernsMode: String?
    public var uts: String?
    public var volumes: [ServiceVolume] = []
    /// `SERVICE[:ro|rw]`, `container:NAME[:ro|rw]`.
    public var volumesFrom: [String] = []
    public var workingDir: String?
    public var postStart: [ServiceHook] = []
    public var preStop: [ServiceHook] = []
    public var extensions: Extensions = [:]

    public init(name: String) {
        self.name = name
    }

    /// How many containers the file asks for.
    public var replicas: Int { scale ?? deploy?.replicas ?? 1 }

    /// Keys of the networks, those with the highest `priority` first, then by name.
    public var networkNamesByPriority: [String] {
        networks.keys.sorted { left, right in
            let leftPriority = (networks[left] ?? nil)?.priority ?? 0
            let rightPriority = (networks[right] ?? nil)?.priority ?? 0
            return leftPriority == rightPriority ? left < right : leftPriority > rightPriority
        }
    }
}
