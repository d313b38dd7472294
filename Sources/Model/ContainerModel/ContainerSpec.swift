public import Primitives

/// Everything the runtime needs to run one container, resolved: no image, no Compose file, no defaults left to look up.
///
/// A value that is stored with the container and read again by another process, so it is `Codable` and holds no
/// descriptor. Paths are host paths unless said otherwise. The words are those of the OCI runtime specification.
public struct ContainerSpec: Codable, Sendable, Hashable {
    /// 64 lower-case hexadecimal digits.
    public var id: String
    /// The name users see, such as `shop-web-1`.
    public var name: String
    /// What the container sees as `/`.
    public var root: RootFilesystem
    /// The main program; its end is the container's.
    public var process: ProcessSpec
    /// Of its UTS namespace; the first 12 digits of the id unless something else is given.
    public var hostname: String
    /// As setdomainname(2) takes it; nil leaves it as it is.
    public var domainname: String?
    /// Mounts besides the default ones, in the order in which they are made.
    public var mounts: [MountSpec]
    /// Which namespaces are its own.
    public var namespaces: NamespaceSpec
    /// Of its control groups: for all its processes together.
    public var resources: ResourceLimits
    /// Besides the usual ones, such as `/dev/null` (Compose `devices`).
    public var devices: [DeviceMapping]
    /// Programs that take part in its making; nil is none.
    public var hooks: [HookSpec]?
    /// `c 1:3 rwm` lines besides the defaults (Compose `device_cgroup_rules`).
    public var deviceCgroupRules: [String]
    /// Kernel parameters of the container's own namespaces, by dotted name.
    public var sysctls: [String: String]
    /// Bytes of the tmpfs at `/dev/shm`; nil is 64 MiB.
    public var shmSize: UInt64?
    /// Process 1 is ours: it passes signals on and reaps (Compose `init`).
    public var initProcess: Bool
    /// All capabilities, devices and paths of the host.
    public var privileged: Bool
    /// Keeps `/proc` and `/sys` paths unmasked and writable (`security_opt: systempaths=unconfined`).
    public var unconfinedSystemPaths: Bool
    /// Directory that holds this container's files (upper, work, logs, hosts …).
    public var directory: String
    /// Parent of the container's cgroup below each hierarchy's mount point; nil is `/compose`.
    public var cgroupParent: String?

    /// Where its hooks find a `config.json` (OCI runtime specification, "Filesystem Bundle").
    public var bundle: String { directory + "/bundle" }

    public init(id: String, name: String, root: RootFilesystem, process: ProcessSpec, directory: String) {
        self.id = id
        self.name = name
        self.root = root
        self.process = process
        self.hostname = String(id.prefix(12))
        self.mounts = []
        self.namespaces = NamespaceSpec()
        self.resources = ResourceLimits()
        self.devices = []
        self.deviceCgroupRules = []
        self.sysctls = [:]
        self.initProcess = false
        self.privileged = false
        self.unconfinedSystemPaths = false
        self.directory = directory
    }
}

/// The overlay that becomes the container's `/`.
public struct RootFilesystem: Codable, Sendable, Hashable {
    /// Unpacked layers, topmost first. Never empty: an image without layers has one empty directory.
    public var lowerDirectories: [String]
    /// `upperdir` of overlayfs: the container's changes; lives as long as the container.
    public var upperDirectory: String
    /// `workdir` of overlayfs; empty, on the file system of `upperDirectory`.
    public var workDirectory: String
    /// Compose `read_only`.
    public var readOnly: Bool

    public init(lowerDirectories: [String], upperDirectory: String, workDirectory: String, readOnly: Bool = false) {
        self.lowerDirectories = lowerDirectories
        self.upperDirectory = upperDirectory
        self.workDirectory = workDirectory
        self.readOnly = readOnly
    }
}

/// The program to run and what it is allowed to do. Used for a container's main process and for `exec`.
public struct ProcessSpec: Codable, Sendable, Hashable {
    /// argv; never empty. The program is looked up in the container's `PATH` when it holds no `/`.
    public var arguments: [String]
    /// `KEY=VALUE`, already merged from image and service. The runtime adds PATH, HOME, HOSTNAME and TERM where missing.
    public var environment: [String]
    /// Absolute path inside the container; made when missing.
    public var workingDirectory: String
    /// `user`, `uid`, `user:group`, `uid:gid` as the image or the Compose file has it; empty is root.
    public var user: String
    /// Groups besides the user's own, by name or number (Compose `group_add`).
    public var additionalGroups: [String]
    /// Whether standard streams are a pseudo terminal.
    public var terminal: Bool
    /// Capability names without `CAP_`, upper case; `ALL` allowed.
    public var capabilitiesAdded: [String]
    /// As above, taken away from what Docker gives by default; `ALL` allowed.
    public var capabilitiesDropped: [String]
    /// PR_SET_NO_NEW_PRIVS (prctl(2)): set-id programs and file capabilities give nothing.
    public var noNewPrivileges: Bool
    /// Which system calls it may make.
    public var seccomp: SeccompSpec
    /// A profile that the host has loaded; nil and `unconfined` apply none.
    public var apparmorProfile: String?
    /// Limits that setrlimit(2) sets before the program is executed.
    public var rlimits: [Ulimit]
    /// `oom_score_adj`, -1000 to 1000 (proc_pid_oom_score_adj(5)); nil leaves it.
    public var oomScoreAdjustment: Int?

    public init(arguments: [String], environment: [String] = [], workingDirectory: String = "/", user: String = "") {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.additionalGroups = []
        self.terminal = false
        self.capabilitiesAdded = []
        self.capabilitiesDropped = []
        self.noNewPrivileges = false
        self.seccomp = .builtin
        self.rlimits = []
    }
}

/// Which system call filter a process gets.
public enum SeccompSpec: Codable, Sendable, Hashable {
    /// Docker's default profile for the process's capabilities.
    case builtin
    case unconfined
    /// A profile's JSON text in Docker's form.
    case profile(String)
}

/// A mount in the container.
public struct MountSpec: Codable, Sendable, Hashable {
    /// What is mounted.
    public enum Source: Codable, Sendable, Hashable {
        /// A host directory or file, mounted with what is mounted below it. `createIfMissing` makes a directory.
        case bind(path: String, createIfMissing: Bool, propagation: MountPropagation?, recursive: Bool)
        /// A volume's data directory on the host; `name` is for messages. `subpath` is resolved beneath it.
        case volume(name: String, path: String, subpath: String?)
        /// A file or directory that we made ourselves for this container (hosts, resolv.conf, secrets …).
        case generated(path: String)
        case tmpfs(size: UInt64?, mode: UInt32?, options: [String])
        /// A directory or file inside unpacked layers (topmost first), links followed within. `scratch` is a directory
        /// of this container with an empty directory `point`; with `writable` also `upper` and `work`, which get the
        /// changes.
        case tree(layers: [String], path: String, scratch: String, writable: Bool)
        /// A file in memory. `scratch` is a directory of this container with an empty directory `point`.
        case secret(content: [UInt8], mode: UInt32, uid: UInt32, gid: UInt32, scratch: String)
    }

    /// What is mounted.
    public var source: Source
    /// Absolute path inside the container.
    public var target: String
    /// `ro` of the mount itself (Compose `read_only`).
    public var readOnly: Bool
    /// Read-only is what is mounted there, and not what is mounted below it (Compose `bind.recursive: writable`); nil is
    /// false.
    public var isWritableBelow: Bool?
    /// Flags of the mount besides ``readOnly``; nil is none.
    public var flags: [MountFlag]?

    public init(source: Source, target: String, readOnly: Bool = false) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
    }
}
