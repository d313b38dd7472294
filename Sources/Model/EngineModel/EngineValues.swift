public import Primitives

/// A container as the engine knows it.
public struct Container: Codable, Sendable, Hashable {
    /// What a container is doing, in docker's words.
    public enum State: String, Codable, Sendable, Hashable {
        case created, running, paused, restarting, exited
    }
    /// What the health check found out.
    public enum Health: String, Codable, Sendable, Hashable {
        case starting, healthy, unhealthy
    }

    public var id: String
    public var name: String
    /// The image's id (`sha256:…`).
    public var imageID: String
    public var configuration: ContainerConfiguration
    /// The program and its arguments as run: entrypoint and command after the image's were added.
    public var arguments: [String]
    public var created: Instant
    public var state: State
    /// nil when there is no health check.
    public var health: Health?
    /// Of the last run; 0 before the first.
    public var exitCode: Int32
    public var oomKilled: Bool
    /// Why the last start failed.
    public var error: String?
    public var startedAt: Instant?
    public var finishedAt: Instant?
    public var restartCount: Int
    /// Of process 1 on the host; 0 when not running.
    public var processID: Int32
    /// Addresses by network name, while running.
    public var addresses: [String: EndpointAddress]
    /// Published ports as bound, while running.
    public var ports: [BoundPort]
    /// Volumes and binds: what is mounted where, anonymous volumes by their generated names.
    public var mounts: [MountPoint]

    public var labels: [String: String] { configuration.labels }
    public var isRunning: Bool { state == .running || state == .paused || state == .restarting }

    public init(
        id: String, name: String, imageID: String, configuration: ContainerConfiguration, arguments: [String],
        created: Instant
    ) {
        self.id = id
        self.name = name
        self.imageID = imageID
        self.configuration = configuration
        self.arguments = arguments
        self.created = created
        self.state = .created
        self.exitCode = 0
        self.oomKilled = false
        self.restartCount = 0
        self.processID = 0
        self.addresses = [:]
        self.ports = []
        self.mounts = []
    }
}

/// A container's addresses on a network.
public struct EndpointAddress: Codable, Sendable, Hashable {
    public var ipv4: String
    public var prefixLength: Int
    public var gateway: String
    public var macAddress: String

    public init(ipv4: String, prefixLength: Int, gateway: String, macAddress: String) {
        self.ipv4 = ipv4
        self.prefixLength = prefixLength
        self.gateway = gateway
        self.macAddress = macAddress
    }
}

/// Something mounted in a container, as it was made.
public struct MountPoint: Codable, Sendable, Hashable {
    /// `bind`, `volume` or `tmpfs`.
    public var type: String
    /// The volume's name; empty for others.
    public var name: String
    /// Host path; empty for tmpfs.
    public var source: String
    public var target: String
    public var readOnly: Bool
    /// Made for this container alone and removed with it on `removeContainer(volumes: true)`.
    public var anonymous: Bool

    public init(type: String, name: String, source: String, target: String, readOnly: Bool, anonymous: Bool) {
        self.type = type
        self.name = name
        self.source = source
        self.target = target
        self.readOnly = readOnly
        self.anonymous = anonymous
    }
}

/// What to make a network from.
public struct NetworkConfiguration: Codable, Sendable, Hashable {
    public var name: String
    public var driver: String?
    public var driverOptions: [String: String] = [:]
    public var labels: [String: String] = [:]
    public var isInternal = false
    public var enableIPv6 = false
    /// Empty: a free subnet is chosen.
    public var pools: [AddressPool] = []

    public init(name: String) {
        self.name = name
    }
}

/// A network that exists.
public struct Network: Codable, Sendable, Hashable {
    public var id: String
    public var configuration: NetworkConfiguration
    public var created: Instant
    /// CIDR as chosen or given.
    public var subnet: String
    public var gateway: String
    /// The interface's name on the host.
    public var bridge: String

    public var name: String { configuration.name }

    public init(
        id: String, configuration: NetworkConfiguration, created: Instant, subnet: String, gateway: String,
        bridge: String
    ) {
        self.id = id
        self.configuration = configuration
        self.created = created
        self.subnet = subnet
        self.gateway = gateway
        self.bridge = bridge
    }
}

/// What to make a volume from.
public struct VolumeConfiguration: Codable, Sendable, Hashable {
    public var name: String
    /// nil and `local` are the same.
    public var driver: String?
    /// `type`, `o`, `device` as `mount(8)` takes them.
    public var driverOptions: [String: String] = [:]
    public var labels: [String: String] = [:]

    public init(name: String) {
        self.name = name
    }
}

/// A volume that exists.
public struct Volume: Codable, Sendable, Hashable {
    public var configuration: VolumeConfiguration
    public var created: Instant
    /// The data directory on the host.
    public var path: String
    public var anonymous: Bool

    public var name: String { configuration.name }

    public init(configuration: VolumeConfiguration, created: Instant, path: String, anonymous: Bool) {
        self.configuration = configuration
        self.created = created
        self.path = path
        self.anonymous = anonymous
    }
}

/// An image that is here.
public struct Image: Codable, Sendable, Hashable {
    /// `sha256:…` of the image's configuration.
    public var id: String
    /// `name:tag` as users write them.
    public var tags: [String]
    /// Bytes of all layers, unpacked.
    public var size: Int64
    public var created: Instant?
    /// When it came into the store.
    public var stored: Instant
    /// `linux/amd64`.
    public var platform: String
    public var labels: [String: String]

    public init(
        id: String, tags: [String], size: Int64, created: Instant?, stored: Instant, platform: String,
        labels: [String: String]
    ) {
        self.id = id
        self.tags = tags
        self.size = size
        self.created = created
        self.stored = stored
        self.platform = platform
        self.labels = labels
    }
}

/// Streams of the caller that a started container's are joined to.
///
/// The descriptors stay the caller's. Output still goes to the log. The call that starts the container returns after
/// the start; `waitForExit` returns after all output was delivered.
public struct AttachedStreams: Sendable {
    /// nil: the container's standard input is empty, or kept open with `openStdin`.
    public var input: Int32?
    public var output: Int32?
    public var error: Int32?

    public init(input: Int32?, output: Int32?, error: Int32?) {
        self.input = input
        self.output = output
        self.error = error
    }
}

/// A program to run in a running container. The descriptors stay the caller's.
public struct ExecRequest: Sendable {
    public var arguments: [String]
    /// Added to the container's own.
    public var environment: [String] = []
    public var workingDirectory: String?
    public var user: String?
    public var privileged = false
    /// A pseudo terminal whose size follows that of `input`; `input` is put into raw mode for the time.
    public var terminal = false
    public var detach = false
    public var input: Int32?
    public var output: Int32?
    public var error: Int32?

    public init(arguments: [String]) {
        self.arguments = arguments
    }
}

/// Which lines of a log are wanted.
public struct LogOptions: Sendable, Hashable {
    public var follow = false
    /// With `follow`: end once the container has ended and will not be restarted.
    public var untilExit = false
    /// Lines from the end; nil is all.
    public var tail: Int?
    public var since: Instant?
    public var until: Instant?

    public init() {}
}

/// A line of a container's output.
public struct LogRecord: Sendable, Hashable {
    /// Where the container wrote it.
    public enum Stream: UInt8, Sendable, Hashable {
        case output = 1
        case error = 2
    }

    public var time: Instant
    public var stream: Stream
    /// The bytes without a newline.
    public var line: [UInt8]
    /// False for a piece of a line that did not end yet.
    public var complete: Bool

    public init(time: Instant, stream: Stream, line: [UInt8], complete: Bool) {
        self.time = time
        self.stream = stream
        self.line = line
        self.complete = complete
    }
}

/// Something that happened to a container. `action` is Docker's word: create, start, die, stop, kill, destroy,
/// restart, pause, unpause, rename, oom, health_status: healthy, exec_create …
public struct Event: Codable, Sendable, Hashable {
    public var time: Instant
    /// `container`, `network` or `volume`.
    public var type: String
    public var action: String
    public var id: String
    /// The container's labels, `name`, `image`, and what belongs to the action (`exitCode`, `signal`).
    public var attributes: [String: String]

    public init(time: Instant, type: String, action: String, id: String, attributes: [String: String]) {
        self.time = time
        self.type = type
        self.action = action
        self.id = id
        self.attributes = attributes
    }
}

/// What a path leads to.
public enum FileKind: Sendable, Hashable {
    case file, directory
}
