internal import ContainerModel
internal import ContainerNetwork
internal import ContainerRuntime
internal import EngineModel
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
    /// For launching health checks, so that nothing else ever waits behind a container that holds them up.
    let probeWorkers = Workers(limit: 32)
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

    /// Runs `work`, which may block, on a worker and then `then` with its result: the one way to leave the loop's thread
    /// and to come back.
    ///
    /// - Parameter pool: ``workers`` if nil.
    func run<Result: Sendable>(
        on pool: Workers? = nil, _ work: @escaping @Sendable () -> Result, then: @escaping @LoopActor (Result) -> Void
    ) {
        let loop = loop
        (pool ?? workers).run {
            let result = work()
            loop.submit { then(result) }
        }
    }

    /// Appends an event about a container. A lost one does not fail the work it tells of.
    func note(_ action: String, _ record: ContainerRecord, _ extra: [String: String] = [:]) {
        let event = Event(action, of: record, extra)
        attempting("record the event \(action) of \(record.name)") { try store.append(event) }
    }

    /// Runs what has nobody to report its failure to: that is written to the supervisor's log.
    @discardableResult
    func attempting<Result>(_ action: String, _ body: () throws -> Result) -> Result? {
        do {
            return try body()
        } catch {
            troubles.write("cannot \(action): \(error)")
            return nil
        }
    }

    /// The same for what may find nothing: no result either way.
    @discardableResult
    func attempting<Result>(_ action: String, _ body: () throws -> Result?) -> Result? {
        do {
            return try body()
        } catch {
            troubles.write("cannot \(action): \(error)")
            return nil
        }
    }
}
