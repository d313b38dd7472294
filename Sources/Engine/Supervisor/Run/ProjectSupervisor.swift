internal import CLinux
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// The supervisor of one project: its containers, its control socket, and when it leaves.
@LoopActor
final class ProjectSupervisor {
    /// Time without starts after which memory is given back.
    private static let settling: Int64 = 1_000_000_000
    /// Time without any container after which it leaves by itself.
    private static let linger: Int64 = 300_000_000
    /// The same after a container was removed: a project that is taken down is not coming back at once.
    private static let shortLinger: Int64 = 30_000_000
    private static let retry: Int64 = 20_000_000
    /// Who removes a directory removes its files first.
    private static let removalTime: Int64 = 100_000_000

    let context: SupervisorContext
    private var runs: [String: ContainerRun] = [:]
    private var server: ControlServer?
    private var directoryWatch: DirectoryWatch?
    private var leaveTimer: EventLoop.Timer?
    private var settleTimer: EventLoop.Timer?
    /// Calls that are answered when the supervisor is gone.
    private var leaveCalls: [PendingCall] = []
    /// How often a container came to rest.
    private var rests = 0
    /// Ended because the keeper did: a new supervisor has to begin from the start, with a keeper of its own.
    private(set) var needsSuccessor = false
    private var left = false

    init(_ context: SupervisorContext) {
        self.context = context
    }

    /// Listens; clients are served once the loop runs.
    func listen() throws(Errno) {
        server = try ControlServer(
            directory: directory, loop: context.loop,
            hungUp: { [weak self] in self?.hungUp($0) }, handler: { [weak self] in self?.handle($0, $1) })
        directoryWatch = try DirectoryWatch(directory, loop: context.loop) { [weak self] in
            self?.context.loop.after(nanoseconds: Self.removalTime) { [weak self] in self?.checkDirectory() }
        }
        armLeave()
    }

    private var directory: String { context.layout.project(context.project) }

    /// Somebody removed something from the project's directory, perhaps what others find us by.
    private func checkDirectory() {
        guard let server, !left, !needsSuccessor, !server.isFound else { return }
        if Files.exists(directory) {
            context.troubles.write("the control socket was removed: it is made again")
            context.attempting("listen") { try server.listenAgain() }
        } else {
            // The keeper cannot be found any more either. Its containers are watched by the successor.
            succeed(because: "the project's directory was removed")
        }
    }

    // MARK: Containers

    /// Takes a container over that runs already, or is to be restarted.
    func add(_ run: ContainerRun) { runs[run.id] = run }

    /// A child of the keeper ended; nil: the keeper itself has.
    func ended(_ record: ExitRecord?) {
        guard let record else { return keeperIsGone() }
        if let run = runs[record.tag] {
            return run.ended(
                ContainerRun.ProcessEnd(identity: record.identity, code: record.status.code, time: record.time))
        }
        for run in runs.values where run.probeEnded(record) { return }
    }

    func makeRun(
        _ record: ContainerRecord, lifecycle: ContainerLifecycle, running: RunningContainer? = nil
    ) -> ContainerRun {
        ContainerRun(
            record, lifecycle: lifecycle, running: running, context: context,
            owner: ContainerRun.Owner(
                rested: { [weak self] in self?.rested($0) }, lostKeeper: { [weak self] in self?.keeperIsGone() }))
    }

    private func run(_ id: String) throws(EngineError) -> ContainerRun {
        if let known = runs[id] { return known }
        guard let record = try context.store.container(id: id) else {
            throw EngineError(.notFound, "container \(id.prefix(12))", "there is no such container")
        }
        let run = makeRun(record, lifecycle: ContainerLifecycle(RestartBackoff(record.container.configuration)))
        add(run)
        return run
    }

    private func rested(_ run: ContainerRun) {
        if run.isIdle { runs[run.id] = nil }
        trimExitRecord()
        armLeave()
    }

    /// Empties the keeper's record now and then, once all that it tells of is in the store.
    private func trimExitRecord() {
        rests += 1
        guard runs.isEmpty || rests % 256 == 0 else { return }
        let (records, size) = Keeper.recordedExits(runDirectory: directory)
        if size == 0 || records.contains(where: { runs[$0.tag]?.isStarting == true || !isStored($0) }) { return }
        try? context.keeper.forgetExits(size: size)
    }

    /// Whether the store knows of the end of this process, or never knew the process.
    private func isStored(_ exit: ExitRecord) -> Bool {
        do throws(EngineError) {
            return try context.store.container(id: exit.tag)?.process != exit.identity
        } catch {
            return false
        }
    }

    // MARK: Requests

    private func handle(_ request: ControlRequest, _ call: PendingCall) {
        do throws(EngineError) {
            switch request {
            case .ping: call.answer(.ready(version: ControlEnvelope.currentVersion, process: getpid()))
            case .start(let id, let input):
                armSettling()
                try run(id).start(call, input: input)
            case .stop(let id, let timeout): try run(id).stop(call, timeout: timeout)
            case .restart(let id, let timeout): try run(id).restart(call, timeout: timeout)
            case .kill(let id, let signal): try run(id).kill(call, signal: signal)
            case .pause(let id): try run(id).setPaused(true, call)
            case .unpause(let id): try run(id).setPaused(false, call)
            case .hold(let id): try run(id).setPaused(true, call, held: true)
            case .wait(let id): try run(id).wait(call)
            case .attach(let id): try run(id).attach(call)
            case .connect(let id, let attachment): try run(id).connect(attachment, call)
            case .disconnect(let id, let network): try run(id).disconnect(network, call)
            case .handOverWork(let old, let new): try run(new).takeOver(from: try run(old), call)
            case .forget(let id): return try forget(id, call)
            case .refreshNames:
                let context = context
                context.run {
                    _ = context.attempting("read names") { try context.names.refresh() }
                } then: {
                    call.answer(.done)
                }
            case .mendNetworks: mendNetworks(call)
            case .leaveIfIdle:
                leaveCalls.append(call)
                leaveIfIdle()
                if !left {
                    leaveCalls.removeAll { $0 === call }
                    call.answer(.done)
                }
            case .handOver:
                leaveCalls.append(call)
                handOver()
            }
        } catch {
            call.fail(error)
        }
        armLeave()
    }

    /// Drops a container that is about to be removed. One that is just being started, perhaps for a command that was
    /// killed, is waited for: its files must not come back after the removal.
    private func forget(_ id: String, _ call: PendingCall) throws(EngineError) {
        if let run = runs[id] {
            if run.isRunning { throw EngineError(.conflict, "container \(run.name)", "it is running") }
            if run.isBackingOff {
                throw EngineError(.conflict, "container \(run.name)", "it is about to be started again")
            }
            if run.isBusy {
                context.loop.after(nanoseconds: Self.retry) { [weak self] in
                    do throws(EngineError) { try self?.forget(id, call) } catch { call.fail(error) }
                }
                return
            }
            if run.isIdle { runs[id] = nil }
        }
        call.answer(.done)
        armLeave(after: Self.shortLinger)
    }

    private func mendNetworks(_ call: PendingCall) {
        let (context, networks) = (context, runs.values.compactMap(\.running?.network))
        context.run { () -> EngineError? in
            var failure: EngineError?
            for network in networks {
                do throws(EngineError) { try context.networks.mend(network) } catch { failure = failure ?? error }
            }
            return failure
        } then: { failure in
            if let failure { call.fail(failure) } else { call.answer(.done) }
        }
    }

    private func hungUp(_ call: PendingCall) {
        for run in runs.values { run.hungUp(call) }
        armLeave()
    }

    // MARK: Settling

    /// Once starts have ceased, what only they needed is given back: most of the program's own pages.
    private func armSettling() {
        context.loop.cancel(settleTimer)
        settleTimer = context.loop.after(nanoseconds: Self.settling) { clinux_release_unused_pages() }
    }

    // MARK: Leaving

    private var isIdle: Bool {
        restsEverywhere && context.workers.isIdle && (server?.openCalls ?? 0) <= leaveCalls.count
    }

    private var restsEverywhere: Bool { runs.values.allSatisfy { $0.isIdle } }

    private func armLeave(after linger: Int64 = ProjectSupervisor.linger) {
        context.loop.cancel(leaveTimer)
        leaveTimer = nil
        if left || !restsEverywhere { return }
        leaveTimer = context.loop.after(nanoseconds: linger) { [weak self] in
            self?.leaveIfIdle()
            self?.armLeave()
        }
    }

    /// Leaves if nothing is to be done and no command is about to ask for something: that holds the project's lock.
    private func leaveIfIdle() {
        let path = context.layout.projectLock(context.project)
        guard isIdle, let lock = try? FileLock(ifFree: path) else { return }
        if server?.acceptAll() == true { return }
        left = true
        context.attempting("end the keeper") { try context.keeper.shutDown() }
        if Keeper.recordedExits(runDirectory: directory).records.allSatisfy(isStored) {
            try? Files.removeTree(directory)
        } else {
            // The next supervisor takes up what the store does not have.
            unlink(directory + "/" + ControlSocket.name)
        }
        finish()
        lock.remove(path)
    }

    /// Ends without touching containers; the next supervisor finds them.
    private func handOver() {
        if left { return }
        guard context.workers.isIdle else {
            context.loop.after(nanoseconds: Self.retry) { [weak self] in self?.handOver() }
            return
        }
        left = true
        unlink(directory + "/" + ControlSocket.name)
        finish()
    }

    private func finish() {
        directoryWatch?.end()
        server?.close()
        for call in leaveCalls { call.answer(.done) }
        context.loop.stop()
    }

    /// Nothing can be started any more; the containers go on as children of process 1. A successor forks a new keeper.
    private func keeperIsGone() {
        succeed(because: "the keeper has ended")
    }

    /// Begins again from the start, as a process that can fork a keeper.
    private func succeed(because reason: String) {
        if left || needsSuccessor { return }
        context.troubles.write("\(reason): the supervisor begins again")
        needsSuccessor = true
        handOver()
    }
}
