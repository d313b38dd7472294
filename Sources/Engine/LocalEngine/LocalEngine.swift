internal import ContainerModel
internal import ContainerRuntime
public import EngineModel
public import ImageStore
internal import LinuxSystem
internal import Primitives
public import StateStore
internal import Supervisor
internal import Synchronization

/// The product's own engine: state store, image store, runtime and networks of this host, in this process.
///
/// What has to go on after the command has ended is asked of the project's supervisor; everything else is done here.
/// Any thread may call any function.
public final class LocalEngine: Engine {
    /// Images of this host, for the commands that work on images alone.
    public let images: ImageStore
    let store: StateStore
    let layout: DataLayout
    /// Streams of containers that this process started attached, by container id.
    let attachedRuns = Mutex<[String: AttachedRun]>([:])
    /// Of networks made by this process: all that were found, and those that nobody was told yet.
    let warnings = Mutex<(known: Set<String>, new: [String])>(([], []))
    private let environment = Mutex<RuntimeEnvironment?>(nil)

    /// Opens the stores below the roots of `layout`. Fails with `.permission` for users who may not run containers.
    public init(_ layout: DataLayout = .fromEnvironment()) throws(EngineError) {
        try Preflight.mayRunContainers()
        self.layout = layout
        store = try StateStore(layout)
        images = ImageStore(store)
    }

    // MARK: Looking

    public func containers(labels: [String: String?]) throws(EngineError) -> [Container] {
        var records = try store.containers(labels: labels)
        if reviveSupervisors(of: records) { records = try store.containers(labels: labels) }
        return observed(records).map(\.container)
    }

    public func container(_ container: String) throws(EngineError) -> Container {
        var found = try record(container)
        if reviveSupervisors(of: [found]) { found = try record(container) }
        return observed([found]).first?.container ?? found.container
    }

    /// Makes sure that somebody watches the containers that are said to run: a supervisor may have been killed. One that
    /// lives is not asked anything, as who only looks does not depend on it, nor on whether a new one can be started.
    ///
    /// - Returns: whether one was started, so that the records may have changed.
    private func reviveSupervisors(of records: [ContainerRecord]) -> Bool {
        let projects = Set(records.filter(\.container.isRunning).map(\.project))
        var revived = false
        for project in projects {
            let supervisor = supervisor(of: project)
            if supervisor.isThere || (try? supervisor.ensureAlive()) == nil { continue }
            revived = true
        }
        return revived
    }

    // MARK: For the other files of this target

    func record(_ container: String) throws(EngineError) -> ContainerRecord {
        guard let record = try store.container(matching: container) else {
            throw EngineError(.notFound, "container \(container)", "there is no such container")
        }
        return record
    }

    func supervisor(of project: String) -> SupervisorClient {
        SupervisorClient(
            project: project, layout: layout)
    }

    /// Process 1 of a running container; fails with `.notRunning`.
    func process(of record: ContainerRecord) throws(EngineError) -> ProcessIdentity {
        guard record.container.isRunning, let process = record.process else {
            throw EngineError(.notRunning, "container \(record.name)", "it is not running")
        }
        return process
    }

    func runtimeEnvironment() throws(EngineError) -> RuntimeEnvironment {
        if let known = environment.withLock({ $0 }) { return known }
        do throws(RuntimeError) {
            let found = try RuntimeEnvironment.detect()
            environment.withLock { $0 = found }
            return found
        } catch {
            throw EngineError(.missingKernelFeature, "this host", error.description)
        }
    }

    /// Records an event. A lost one must not fail the work that it tells of.
    func note(_ event: Event) {
        _ = try? store.append(event)
    }
}
