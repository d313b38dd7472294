public import ContainerModel
internal import ContainerNetwork
internal import ContainerRuntime
public import EngineModel
internal import Glibc
internal import LinuxSystem
public import Primitives
public import StateStore
internal import Synchronization
internal import SystemPackage

/// Runs build containers as children of this process. They have no record in the state store, no log and no events.
///
/// What is needed for the first one is made then and kept for the next ones until ``finish()``. Any thread, several
/// at a time.
public final class BuildHost: Sendable {
    private let layout: DataLayout
    private let store: StateStore
    private let station = Mutex<BuildStation?>(nil)
    /// Whoever holds it makes or ends the station; others wait.
    private let turn = Semaphore()

    /// What builds need lies below this layout's roots.
    public init(layout: DataLayout, store: StateStore) {
        self.layout = layout
        self.store = store
        turn.signal()
    }

    /// Runs a container to its end. `spec` has been completed but for `hosts`, `resolv.conf` and `hostname`, which are
    /// written to its directory here; `configuration` says what they hold and which networks it is in.
    ///
    /// - Parameter output: called on this thread.
    /// - Returns: the exit code.
    public func run(
        _ spec: ContainerSpec, _ configuration: ContainerConfiguration,
        output: (_ isError: Bool, UnsafeRawBufferPointer) -> Void, cancellation: Cancellation
    ) throws(EngineError) -> Int32 {
        let station = try readyStation()
        return try BuildRun(station: station, spec: spec, configuration: configuration)
            .run(output: output, cancellation: cancellation)
    }

    /// Ends what was kept. No container may run. Idempotent.
    public func finish() {
        turn.wait()
        defer { turn.signal() }
        let old = station.withLock { station in
            defer { station = nil }
            return station
        }
        old?.close()
    }

    private func readyStation() throws(EngineError) -> BuildStation {
        if let known = station.withLock({ $0 }) { return known }
        turn.wait()
        defer { turn.signal() }
        if let known = station.withLock({ $0 }) { return known }
        let made = try BuildStation(layout, store)
        station.withLock { $0 = made }
        return made
    }

    deinit { station.withLock { $0 }?.close() }
}

/// An address in the network of builds, with the namespace that the last container there had.
///
/// Making a namespace costs more than all the rest of a step. A program without CAP_NET_ADMIN cannot change it, so the
/// next one finds it as it was.
struct BuildPlace: Sendable {
    var request: EndpointRequest
    var network: RunNetwork?
}

/// What build containers of this process share.
final class BuildStation: Sendable {
    let layout: DataLayout
    let store: StateStore
    let environment: RuntimeEnvironment
    let session: BuildSession
    let networks: NetworkSetup
    private let loop: EventLoop
    private let guardian: Mutex<BuildGuard.Handle?>
    /// Places in the build network that no container has just now.
    private let free = Mutex<[BuildPlace]>([])
    /// What is left to do after containers that have ended.
    let workers = Workers(limit: 4)

    init(_ layout: DataLayout, _ store: StateStore) throws(EngineError) {
        self.layout = layout
        self.store = store
        session = try BuildSession(layout)
        guardian = Mutex(try BuildGuard.Handle(session: session.name, layout))
        do throws(RuntimeError) {
            environment = try RuntimeEnvironment.detect()
        } catch {
            throw EngineError(.missingKernelFeature, "this host", error.description)
        }
        do throws(Errno) {
            loop = try EventLoop()
            let loop = loop
            try startThread(name: "build-dns") { loop.run() }
        } catch {
            throw EngineError(error, "build", doing: "the event loop cannot be made")
        }
        do throws(NetworkError) {
            let stack = try NetworkStack(runRoot: layout.runRoot, loop: loop, readyNamespaces: 2)
            networks = NetworkSetup(store: store, stack: stack, keeper: nil)
        } catch {
            throw EngineError(error, "network host")
        }
        workers.run { BuildSession.sweep(layout, store: store) }
    }

    /// A place in the network of builds; give it back.
    func takePlace() throws(EngineError) -> BuildPlace {
        if let place = free.withLock({ $0.popLast() }) { return place }
        return BuildPlace(
            request: try BuildNetwork(layout: layout).join(session.name, host: networks.stack.host, store: store),
            network: nil)
    }

    func giveBack(_ place: BuildPlace) { free.withLock { $0.append(place) } }

    func close() {
        workers.waitUntilIdle()
        for place in free.withLock({ $0 }) { place.network?.sandbox?.close() }
        free.withLock { $0 = [] }
        networks.stack.close()
        let host = networks.stack.host
        try? BuildNetwork(layout: layout).leave(session.name) { () throws(NetworkError) in host }
        loop.stop()
        session.end()
        var handle: BuildGuard.Handle?
        guardian.withLock { swap(&$0, &handle) }
        if let handle { handle.dismiss() }
    }
}
