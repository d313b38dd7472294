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

    /// 64 lower-case hexadecimal digits; never given twice.
    public var id: String
    /// As it is now: a container can be renamed, its ``configuration`` then follows.
    public var name: String
    /// The image's id (`sha256:…`).
    public var imageID: String
    /// What it was made from, with what the image adds: labels, stop signal, health check and exposed ports.
    public var configuration: ContainerConfiguration
    /// The program and its arguments as run: entrypoint and command after the image's were added.
    public var arguments: [String]
    /// When it was made, not started.
    public var created: Instant
    /// What it is doing.
    public var state: State
    /// nil when there is no health check.
    public var health: Health?
    /// Of the last run; 0 before the first.
    public var exitCode: Int32
    /// The kernel killed a process of the last run because memory was used up.
    public var oomKilled: Bool
    /// Why the last start failed, or ``endOfMachine``.
    public var error: String?
    /// Begin of the last run; nil before the first.
    public var startedAt: Instant?
    /// End of the last run that ended; nil before the first one's.
    public var finishedAt: Instant?
    /// By the restart policy, since the user started it.
    public var restartCount: Int
    /// Of process 1 on the host; 0 when not running.
    public var processID: Int32
    /// Addresses by network name, while running.
    public var addresses: [String: EndpointAddress]
    /// Published ports as bound, while running.
    public var ports: [BoundPort]
    /// Volumes and binds: what is mounted where, anonymous volumes by their generated names.
    public var mounts: [MountPoint]

    /// What ``error`` says of a run that a reboot or a power cut ended: nobody saw its exit code.
    public static let endOfMachine = "it ended with the machine, its exit code is lost"
    /// The last run ended with the machine that it ran on.
    public var endedWithMachine: Bool { state == .exited && error == Self.endOfMachine }

    /// The label that names the project of a container, a network or a volume (Compose Specification, docker compose).
    public static let projectLabel = "com.docker.compose.project"
    /// Those of the image and the caller's, which come before them.
    public var labels: [String: String] { configuration.labels }
    /// It runs, but not for long: somebody stops it.
    public var isEnding = false
    /// Running as docker counts: a paused one is, and so is one that waits for its restart.
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

/// What a path leads to.
public enum FileKind: Sendable, Hashable {
    case file, directory
}
