internal import ContainerModel
internal import EngineModel
internal import Primitives

/// An engine that shows everything and changes nothing: what every command gets with `--dry-run`, so that none can forget
/// it. What would be made has its name for an id.
struct DryRunEngine: Engine {
    let engine: any Engine

    // MARK: Looking

    func containers(labels: [String: String?]) throws(EngineError) -> [Container] {
        try engine.containers(labels: labels)
    }
    func networks(labels: [String: String?]) throws(EngineError) -> [Network] { try engine.networks(labels: labels) }
    func volumes(labels: [String: String?]) throws(EngineError) -> [Volume] { try engine.volumes(labels: labels) }
    func container(_ container: String) throws(EngineError) -> Container { try engine.container(container) }
    func network(named name: String) throws(EngineError) -> Network? { try engine.network(named: name) }
    func volume(named name: String) throws(EngineError) -> Volume? { try engine.volume(named: name) }
    func image(_ reference: String) throws(EngineError) -> Image? { try engine.image(reference) }
    func findings() throws(EngineError) -> [Finding] { try engine.findings() }

    func waitForExit(_ container: String, cancellation: Cancellation) throws(EngineError) -> Int32? {
        try engine.waitForExit(container, cancellation: cancellation)
    }
    func fileKind(at path: String, in container: String) throws(EngineError) -> FileKind? {
        try engine.fileKind(at: path, in: container)
    }
    func archive(
        _ path: String, of container: String, as name: String, followLink: Bool, to output: Int32
    ) throws(EngineError) {
        try engine.archive(path, of: container, as: name, followLink: followLink, to: output)
    }
    func export(_ container: String, to output: Int32) throws(EngineError) {
        try engine.export(container, to: output)
    }
    func processes(of container: String) throws(EngineError) -> [ContainerProcess] {
        try engine.processes(of: container)
    }
    func statistics(of container: String) throws(EngineError) -> Statistics { try engine.statistics(of: container) }
    func logs(
        of container: String, _ options: LogOptions, cancellation: Cancellation, ended: (LogRunEnd) -> Void,
        sink: (LogRecord) -> Void
    ) throws(EngineError) {
        try engine.logs(of: container, options, cancellation: cancellation, ended: ended, sink: sink)
    }
    func events(
        labels: [String: String?], since: Instant?, until: Instant?, cancellation: Cancellation, sink: (Event) -> Bool
    ) throws(EngineError) {
        try engine.events(labels: labels, since: since, until: until, cancellation: cancellation, sink: sink)
    }

    // MARK: What is left out

    func reconcile() throws(EngineError) -> [Finding] { [] }
    func holdProject(
        _ project: String, for command: String, cancellation: Cancellation, waiting: (ProjectWork?) -> Void
    ) throws(EngineError) -> EngineHold { EngineHold {} }
    func holdImages() throws(EngineError) -> EngineHold { EngineHold {} }
    func holdContainer(_ container: String) throws(EngineError) -> EngineHold { EngineHold {} }
    func createNetwork(_ configuration: NetworkConfiguration) throws(EngineError) {}
    func removeNetwork(_ name: String) throws(EngineError) {}
    func connect(_ container: String, _ attachment: NetworkAttachment) throws(EngineError) {}
    func disconnect(_ container: String, from network: String) throws(EngineError) {}
    func createVolume(_ configuration: VolumeConfiguration) throws(EngineError) {}
    func removeVolume(_ name: String) throws(EngineError) {}
    func removeImage(_ reference: String, force: Bool) throws(EngineError) {}
    func createContainer(_ configuration: ContainerConfiguration) throws(EngineError) -> String { configuration.name }
    func stopContainer(_ container: String, timeout: Int?) throws(EngineError) {}
    func restartContainer(_ container: String, timeout: Int?) throws(EngineError) {}
    func killContainer(_ container: String, signal: String) throws(EngineError) {}
    func pauseContainer(_ container: String) throws(EngineError) {}
    func unpauseContainer(_ container: String) throws(EngineError) {}
    func handOver(from old: String, to new: String) throws(EngineError) {}
    func renameContainer(_ container: String, to name: String) throws(EngineError) {}
    func removeContainer(_ container: String, force: Bool, volumes: Bool) throws(EngineError) {}
    func unarchive(
        from input: Int32, into directory: String, of container: String, keepOwners: Bool
    ) throws(EngineError) {}

    // MARK: What cannot be left out without its caller noticing

    func startContainer(_ container: String, attach: AttachedStreams?) throws(EngineError) {
        if attach != nil { throw Self.interactive("run") }
    }
    func attachContainer(_ container: String, _ streams: AttachedStreams) throws(EngineError) {
        throw Self.interactive("run")
    }
    func exec(_ container: String, _ request: ExecRequest) throws(EngineError) -> Int32? {
        if request.detach { return nil }
        throw Self.interactive("exec")
    }

    private static func interactive(_ verb: String) -> EngineError {
        EngineError(.unsupported, "", "interactive \(verb) is not supported in dry-run mode")
    }
}
