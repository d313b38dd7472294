internal import ContainerModel
internal import ContainerNetwork
internal import ContainerRuntime
internal import EngineModel
internal import FoundationEssentials
internal import LinuxSystem
internal import Primitives
internal import StateStore

/// What all containers of one supervisor share. Everything in it may be used from any thread.
final class SupervisorContext: Sendable {
    let project: String
    let layout: DataLayout
    let store: StateStore
    let loop: EventLoop
    let keeper: Keeper
    let environment: RuntimeEnvironment
    let networks: NetworkSetup
    let names: NameDirectory
    let workers = Workers()
    let troubles: TroubleLog

    init(
        project: String, store: StateStore, loop: EventLoop, keeper: Keeper, environment: RuntimeEnvironment,
        stack: NetworkStack, troubles: TroubleLog
    ) {
        self.project = project
        self.layout = store.layout
        self.store = store
        self.loop = loop
        self.keeper = keeper
        self.environment = environment
        self.networks = NetworkSetup(store: store, stack: stack, keeper: keeper)
        self.names = NameDirectory(project: project, store: store, stack: stack)
        self.troubles = troubles
    }

    /// Appends an event about a container. A lost one does not fail the work it tells of.
    func note(_ action: String, _ record: ContainerRecord, _ extra: [String: String] = [:]) {
        var attributes = record.container.labels
        attributes["name"] = record.name
        attributes["image"] = record.container.configuration.image
        attributes.merge(extra) { $1 }
        let event = Event(time: .now(), type: "container", action: action, id: record.id, attributes: attributes)
        attempting("record the event \(action) of \(record.name)") { () throws(EngineError) in try store.append(event) }
    }

    /// Runs what has nobody to report its failure to: that is written to the supervisor's log.
    @discardableResult
    func attempting<Result, Failure: Error>(_ action: String, _ body: () throws(Failure) -> Result) -> Result? {
        do throws(Failure) {
            return try body()
        } catch {
            troubles.write("cannot \(action): \(error)")
            return nil
        }
    }

    func specification(of record: ContainerRecord) throws(EngineError) -> ContainerSpec {
        do {
            return try JSONDecoder().decode(ContainerSpec.self, from: Data(record.spec.utf8))
        } catch {
            throw EngineError(.system, "container \(record.name)", "its recorded settings cannot be read: \(error)")
        }
    }
}
