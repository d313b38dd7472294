public import ContainerModel
public import EngineModel
public import LinuxSystem
public import Primitives

/// Exit code of a process whose end nobody saw.
public let unknownExitCode: Int32 = 255

/// A container with what only the engine itself has to know about it.
public struct ContainerRecord: Sendable, Hashable {
    /// What clients see of it; stored as it stands.
    public var container: Container
    /// What the runtime was told, as JSON: read only when asked for, because lists of containers do not need it.
    let recordedSpec: String
    /// Process 1; nil when the container does not run. The container's `processID` is its number.
    public var process: ProcessIdentity? {
        didSet { container.processID = process?.pid ?? 0 }
    }
    /// Started by the user and not stopped by the user: what `always` and `unless-stopped` go by.
    public var shouldRun: Bool

    /// The container's id.
    public var id: String { container.id }
    /// The container's name.
    public var name: String { container.name }
    /// The Compose project, empty for none.
    public var project: String { container.labels[Container.projectLabel] ?? "" }

    /// A container that was never started. Fails if `spec` cannot be written as JSON.
    public init(container: Container, spec: ContainerSpec) throws(EngineError) {
        self.init(container: container, recordedSpec: try Column.encode(spec), process: nil, shouldRun: false)
    }

    /// A record as the store has it.
    init(container: Container, recordedSpec: String, process: ProcessIdentity?, shouldRun: Bool) {
        self.container = container
        self.container.processID = process?.pid ?? 0
        self.recordedSpec = recordedSpec
        self.process = process
        self.shouldRun = shouldRun
        self.container.isEnding = container.isRunning && !shouldRun
    }

    /// What the runtime was told. Fails when the record is damaged, or of a version that says it differently.
    public func spec() throws(EngineError) -> ContainerSpec {
        try Column.decode(ContainerSpec.self, recordedSpec, "container \(name)")
    }

    /// Sets what is true of every container whose run is over or did not begin: nothing remains of what only a running
    /// container has. Times, counts and the reason are the caller's to set.
    public mutating func end(_ state: Container.State, exitCode: Int32) {
        container.state = state
        container.exitCode = exitCode
        container.health = nil
        container.addresses = [:]
        container.ports = []
        process = nil
    }

    /// The same for a run that is over without anybody having recorded it.
    ///
    /// - Parameter exit: what the keeper noted; nil when nobody saw the end, for example because the machine ended.
    public mutating func endUnseen(exit: (code: Int32, time: Instant)?) {
        let endedWithMachine = process.map { $0.bootID != ProcessIdentity.currentBootID } ?? false
        end(.exited, exitCode: exit?.code ?? unknownExitCode)
        container.finishedAt = exit?.time ?? (endedWithMachine ? .boot() : .now())
        if endedWithMachine { container.error = Container.endOfMachine }
    }
}

extension Event {
    /// Something that happens to a container now, with the attributes that docker gives such events.
    ///
    /// - Parameter attributes: of this event alone.
    public init(_ action: String, of record: ContainerRecord, _ attributes: [String: String] = [:]) {
        var all = record.container.labels
        all["name"] = record.name
        all["image"] = record.container.configuration.image
        all.merge(attributes) { $1 }
        self.init(time: .now(), type: "container", action: action, id: record.id, attributes: all)
    }
}

/// Whether `labels` has all of `wanted`; a wanted value of nil matches any.
func matches(_ labels: [String: String], _ wanted: [String: String?]) -> Bool {
    wanted.allSatisfy { key, value in
        guard let present = labels[key] else { return false }
        return value == nil || value == present
    }
}
