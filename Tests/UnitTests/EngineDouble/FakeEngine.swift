public import ContainerModel
public import EngineModel
import LinuxSystem
public import Primitives
import Synchronization

/// An engine that only keeps records: for tests of what plans and commands do with one.
public final class FakeEngine: Engine {
    public struct State: Sendable {
        public var containers: [Container] = []
        public var networks: [Network] = []
        public var volumes: [Volume] = []
        public var images: [String: Image] = [:]
        /// What was called, in order: `start web`.
        public var calls: [String] = []
        public var nextID = 1
        /// Calls that fail, by their text in `calls`.
        public var failures: [String: EngineError] = [:]
        /// Exit codes of containers that end at once, by name.
        public var exits: [String: Int32] = [:]
        /// Log lines by container name.
        public var logs: [String: [String]] = [:]
        public var findings: [Finding] = []
    }

    private let state = Mutex(State())

    public init() {}

    public var calls: [String] { state.withLock { $0.calls } }
    public func update(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    public func addImage(_ reference: String, id: String) {
        let image = Image(
            id: id, tags: [reference], size: 1000, created: nil, stored: Instant(nanoseconds: 0),
            platform: "linux/amd64", labels: [:])
        state.withLock { $0.images[reference] = image }
    }

    private func call(_ text: String, _ body: (inout State) -> Void) throws(EngineError) {
        let failure = state.withLock { state in
            state.calls.append(text)
            return state.failures[text]
        }
        if let failure { throw failure }
        update(body)
    }

    private func change(_ name: String, _ verb: String, _ body: (inout Container) -> Void) throws(EngineError) {
        let id = try container(name).id
        try call("\(verb) \(container(name).name)") { state in
            for index in state.containers.indices where state.containers[index].id == id {
                body(&state.containers[index])
            }
        }
    }

    private static func matches(_ own: [String: String], _ wanted: [String: String?]) -> Bool {
        wanted.allSatisfy { key, value in own[key].map { value == nil || value == $0 } ?? false }
    }

    public func containers(labels: [String: String?]) throws(EngineError) -> [Container] {
        state.withLock { $0.containers.filter { Self.matches($0.labels, labels) } }
    }
    public func networks(labels: [String: String?]) throws(EngineError) -> [Network] {
        state.withLock { $0.networks.filter { Self.matches($0.configuration.labels, labels) } }
    }
    public func volumes(labels: [String: String?]) throws(EngineError) -> [Volume] {
        state.withLock { $0.volumes.filter { Self.matches($0.configuration.labels, labels) } }
    }
    public func container(_ name: String) throws(EngineError) -> Container {
        let found = state.withLock { $0.containers.first { $0.id == name || $0.name == name } }
        guard let found else { throw EngineError(.notFound, "container \(name)", "there is no such container") }
        return found
    }
    public func network(named name: String) throws(EngineError) -> Network? {
        state.withLock { $0.networks.first { $0.name == name } }
    }
    public func volume(named name: String) throws(EngineError) -> Volume? {
        state.withLock { $0.volumes.first { $0.name == name } }
    }
    public func image(_ reference: String) throws(EngineError) -> Image? {
        state.withLock { $0.images[reference] ?? $0.images.values.first { $0.id == reference } }
    }

    public func createNetwork(_ configuration: NetworkConfiguration) throws(EngineError) {
        try call("create network \(configuration.name)") { state in
            state.networks.append(
                Network(
                    id: configuration.name, configuration: configuration, created: Instant(nanoseconds: 0),
                    subnet: "172.18.0.0/16", gateway: "172.18.0.1", bridge: "br0"))
        }
    }
    public func removeNetwork(_ name: String) throws(EngineError) {
        try call("remove network \(name)") { $0.networks.removeAll { $0.name == name } }
    }
    public func connect(_ container: String, _ attachment: NetworkAttachment) throws(EngineError) {
        try change(container, "connect \(attachment.network)") { $0.configuration.networks.append(attachment) }
    }
    public func disconnect(_ container: String, from network: String) throws(EngineError) {
        try change(container, "disconnect \(network)") { container in
            container.configuration.networks.removeAll { $0.network == network }
        }
    }
    public func createVolume(_ configuration: VolumeConfiguration) throws(EngineError) {
        try call("create volume \(configuration.name)") { state in
            state.volumes.append(
                Volume(
                    configuration: configuration, created: Instant(nanoseconds: 0),
                    path: "/volumes/\(configuration.name)",
                    anonymous: false))
        }
    }
    public func removeVolume(_ name: String) throws(EngineError) {
        try call("remove volume \(name)") { $0.volumes.removeAll { $0.name == name } }
    }
    public func removeImage(_ reference: String, force: Bool) throws(EngineError) {
        try call("remove image \(reference)") { _ = $0.images.removeValue(forKey: reference) }
    }

    public func createContainer(_ configuration: ContainerConfiguration) throws(EngineError) -> String {
        var id = ""
        try call("create \(configuration.name)") { state in
            let digits = String(state.nextID, radix: 16)
            id = String((String(repeating: "0", count: 64 - digits.count) + digits).reversed())
            state.nextID += 1
            var container = Container(
                id: id, name: configuration.name,
                imageID: state.images[configuration.image]?.id ?? "", configuration: configuration,
                arguments: configuration.command ?? ["run"], created: Instant(nanoseconds: 1_000_000_000))
            container.mounts = configuration.mounts.compactMap { mount in
                guard case .volume(let name, _, _) = mount.kind else { return nil }
                return MountPoint(
                    type: "volume", name: name, source: "", target: mount.target, readOnly: mount.readOnly,
                    anonymous: false)
            }
            state.containers.append(container)
        }
        return id
    }
    public func startContainer(_ container: String, attach: AttachedStreams?) throws(EngineError) {
        let exits = state.withLock { $0.exits }
        try change(container, "start") { container in
            container.startedAt = Instant(nanoseconds: 2_000_000_000)
            container.state = exits[container.name] == nil ? .running : .exited
            container.exitCode = exits[container.name] ?? 0
            if container.configuration.healthcheck != nil { container.health = .healthy }
        }
    }
    public func attachContainer(_ container: String, _ streams: AttachedStreams) throws(EngineError) {
        try change(container, "attach") { _ in }
    }
    public func stopContainer(_ container: String, timeout: Int?) throws(EngineError) {
        try change(container, "stop") { $0.state = .exited }
    }
    public func restartContainer(_ container: String, timeout: Int?) throws(EngineError) {
        try change(container, "restart") { container in
            container.startedAt = Instant(nanoseconds: 3_000_000_000)
            container.state = .running
        }
    }
    public func killContainer(_ container: String, signal: String) throws(EngineError) {
        try change(container, "kill -\(signal)") { $0.state = .exited }
    }
    public func pauseContainer(_ container: String) throws(EngineError) {
        try change(container, "pause") { $0.state = .paused }
    }
    public func unpauseContainer(_ container: String) throws(EngineError) {
        try change(container, "unpause") { $0.state = .running }
    }
    public func holdContainer(_ container: String) throws(EngineError) -> EngineHold {
        try pauseContainer(container)
        return EngineHold { [self] in try? unpauseContainer(container) }
    }
    public func holdProject(
        _ project: String, for command: String, cancellation: Cancellation, waiting: (ProjectWork?) -> Void
    ) throws(EngineError) -> EngineHold {
        EngineHold {}
    }
    public func findings() throws(EngineError) -> [Finding] { state.withLock { $0.findings } }
    public func reconcile() throws(EngineError) -> [Finding] {
        try call("reconcile") { $0.findings.removeAll(where: \.kind.isRemoved) }
        return []
    }
    public func holdImages() throws(EngineError) -> EngineHold { EngineHold {} }
    public func handOver(from old: String, to new: String) throws(EngineError) {
        let giver = try self.container(old).name
        try change(new, "hand over from \(giver) to") { $0.configuration.standby = nil }
    }
    public func renameContainer(_ container: String, to name: String) throws(EngineError) {
        try change(container, "rename") { $0.name = name }
    }
    public func removeContainer(_ container: String, force: Bool, volumes: Bool) throws(EngineError) {
        let name = try self.container(container).name
        try call("remove \(name)") { $0.containers.removeAll { $0.name == name } }
    }
    public func waitForExit(_ container: String, cancellation: Cancellation) throws(EngineError) -> Int32? {
        try self.container(container).exitCode
    }
    public func exec(_ container: String, _ request: ExecRequest) throws(EngineError) -> Int32? {
        let name = try self.container(container).name
        try call("exec \(name) \(request.arguments.joined(separator: " "))") { _ in }
        return 0
    }
    public func fileKind(at path: String, in container: String) throws(EngineError) -> FileKind? { nil }
    public func archive(
        _ path: String, of container: String, as name: String, followLink: Bool, to output: Int32
    ) throws(EngineError) { try call("archive \(container) \(path)") { _ in } }
    public func unarchive(
        from input: Int32, into directory: String, of container: String, keepOwners: Bool
    ) throws(EngineError) { try call("unarchive \(container) \(directory)") { _ in } }
    public func export(_ container: String, to output: Int32) throws(EngineError) {
        try call("export \(container)") { _ in }
    }
    public func processes(of container: String) throws(EngineError) -> [ContainerProcess] { [] }
    public func statistics(of container: String) throws(EngineError) -> Statistics { Statistics() }
    public func logs(
        of container: String, _ options: LogOptions, cancellation: Cancellation, ended: (LogRunEnd) -> Void,
        sink: (LogRecord) -> Void
    ) throws(EngineError) {
        let name = try self.container(container).name
        for line in state.withLock({ $0.logs[name] ?? [] }) {
            sink(
                LogRecord(
                    time: Instant(nanoseconds: 1_500_000_000), stream: .output, line: Array(line.utf8), complete: true))
        }
    }
    public func events(
        labels: [String: String?], since: Instant?, until: Instant?, cancellation: Cancellation,
        sink: (Event) -> Bool
    ) throws(EngineError) {}
}
