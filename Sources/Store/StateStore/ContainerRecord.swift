public import EngineModel

/// A container with what only the engine itself has to know about it.
public struct ContainerRecord: Sendable, Hashable {
    public var container: Container
    /// The `ContainerSpec` as JSON; the store does not look into it.
    public var spec: String
    /// Start time of process 1 in clock ticks since boot (proc(5), field 22 of `stat`): with ``bootID`` it tells
    /// whether `processID` is still that process. 0 when not running.
    public var processStartTicks: UInt64
    /// `/proc/sys/kernel/random/boot_id` of the boot in which it was started last; empty before.
    public var bootID: String
    /// Started by the user and not stopped by the user: what `always` and `unless-stopped` go by.
    public var shouldRun: Bool

    public var id: String { container.id }
    public var name: String { container.name }
    /// The Compose project, empty for none.
    public var project: String { container.labels[projectLabel] ?? "" }

    public init(
        container: Container, spec: String, processStartTicks: UInt64 = 0, bootID: String = "", shouldRun: Bool = false
    ) {
        self.container = container
        self.spec = spec
        self.processStartTicks = processStartTicks
        self.bootID = bootID
        self.shouldRun = shouldRun
    }
}

/// The label that names a container's project (Compose Specification, docker compose).
let projectLabel = "com.docker.compose.project"

/// Whether `labels` has all of `wanted`; a wanted value of nil matches any.
func matches(_ labels: [String: String], _ wanted: [String: String?]) -> Bool {
    wanted.allSatisfy { key, value in
        guard let present = labels[key] else { return false }
        return value == nil || value == present
    }
}
