internal import ContainerModel
internal import ContainerNetwork
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// Compares what the store says with what runs, when a supervisor begins: an earlier one may have been killed.
///
/// Containers that still run are taken over; those that ended meanwhile are settled with the exit code that the keeper
/// recorded. Runs on the main thread before the event loop does, so it may block.
@LoopActor
struct Adoption {
    let supervisor: ProjectSupervisor
    let context: SupervisorContext
    private let children: [String: ProcessIdentity]
    private let exits: [ExitRecord]

    /// Exit code of a process whose end nobody saw.
    nonisolated static let unknownExit = unknownExitCode

    /// Call it after ``Keeper/watchExits(on:_:)``: then no exit is missed.
    init(_ supervisor: ProjectSupervisor) throws(RuntimeError) {
        self.supervisor = supervisor
        context = supervisor.context
        children = Dictionary(
            try context.keeper.children().map { ($0.tag, $0.identity) }, uniquingKeysWith: { $1 })
        exits = Keeper.recordedExits(runDirectory: context.layout.project(context.project)).records
    }

    /// Brings store and supervisor in line with what is there.
    func run() throws(EngineError) {
        let records = try context.store.containers(labels: [Container.projectLabel: context.project])
        let mine = records.isEmpty && context.project.isEmpty ? try context.store.containers() : records
        for record in mine where record.project == context.project { reconcile(record) }
        removeStrays(known: mine)
        try context.names.refresh()
    }

    private func reconcile(_ record: ContainerRecord) {
        let container = record.container
        guard container.isRunning else {
            if let stray = children[record.id] { end(stray, of: record) }
            return
        }
        guard container.state != .restarting, let identity = record.process else { return resume(record) }
        if identity.bootID != ProcessIdentity.currentBootID { return markEnded(record) }
        do throws(EngineError) {
            let spec = try record.spec()
            if identity.isAlive {
                try adopt(record, spec, identity)
            } else {
                try settle(record, spec, identity)
            }
        } catch {
            context.troubles.write("cannot take over \(record.name): \(error)")
            if !identity.isAlive { markEnded(record) }
        }
    }

    // MARK: Still running

    private func adopt(
        _ record: ContainerRecord, _ spec: ContainerSpec, _ identity: ProcessIdentity
    ) throws(EngineError) {
        let container = record.container
        // Without its network or its output it is still to be watched, stopped and restarted.
        let network =
            context.attempting("take over the network of \(record.name)") {
                try context.networks.adopt(record, pid: identity.pid)
            } ?? RunNetwork(addresses: container.addresses, ports: container.ports)
        let running = try takeOver(record, spec, identity, network)
        let lifecycle = ContainerLifecycle(
            adopted: RestartBackoff(container), startedAt: running.startedAt,
            paused: container.state == .paused, isDismissed: !record.shouldRun)
        let run = supervisor.makeRun(record, lifecycle: lifecycle, running: running)
        supervisor.add(run)
        run.startHealthChecks(running, status: container.health ?? .starting)
        if children[record.id] != identity { watchOrphan(identity, run) }
    }

    /// Streams and log of a run that goes on or has just ended.
    private func takeOver(
        _ record: ContainerRecord, _ spec: ContainerSpec, _ identity: ProcessIdentity, _ network: RunNetwork
    ) throws(EngineError) -> RunningContainer {
        let logs = LogPlace(record, layout: context.layout)
        let directory = context.layout.container(record.id)
        let delivery = try logs.delivery(spec, context, checked: false)
        do throws(Errno) {
            let log = try logs.writer(context)
            if let delivery {
                context.attempting("send the output of \(record.name)") { try delivery.start(following: log) }
            }
            let outputs =
                context.attempting("read the output of \(record.name)") {
                    try self.pumps(record.id, directory, isTerminal: spec.process.terminal, log)
                } ?? []
            let age = max(0, Instant.now().nanoseconds - (record.container.startedAt?.nanoseconds ?? 0))
            return RunningContainer(
                spec: spec, identity: identity, network: network, log: log, logDirectory: logs.directory,
                logStart: log.position, pumps: outputs, delivery: delivery, startedAt: monotonicNanoseconds() - age)
        } catch {
            throw EngineError(error, "container \(record.name)", doing: "its output cannot be taken over")
        }
    }

    private func pumps(
        _ id: String, _ directory: String, isTerminal: Bool, _ log: LogWriter
    ) throws(Errno) -> [OutputPump] {
        if isTerminal {
            guard let terminal = try? context.keeper.keptDescriptor(StandardStreams.key(id, "terminal")) else {
                return []
            }
            return try OutputPump.all(
                directory: directory, terminal: consume terminal, log: log, loop: context.loop)
        }
        // A new keeper has to hold them too.
        for (name, _) in StandardStreams.outputs {
            let fifo = try Descriptor.open(StandardStreams.path(directory, name), O_RDWR | O_NOFOLLOW)
            try? context.keeper.keep(fifo, as: StandardStreams.key(id, name))
        }
        return try OutputPump.all(directory: directory, terminal: nil, log: log, loop: context.loop)
    }

    /// A container whose keeper died is nobody's child that we could wait for: its pidfd tells of its end.
    private func watchOrphan(_ identity: ProcessIdentity, _ run: ContainerRun) {
        let watch = OrphanWatch(identity, context) { code in
            run.ended(ContainerRun.ProcessEnd(identity: identity, code: code ?? Self.unknownExit, time: .now()))
        }
        if watch == nil {
            run.ended(ContainerRun.ProcessEnd(identity: identity, code: Self.unknownExit, time: .now()))
        }
    }

    // MARK: Ended

    /// It ended while no supervisor lived: goes the same way as any end, restart policy included.
    private func settle(
        _ record: ContainerRecord, _ spec: ContainerSpec, _ identity: ProcessIdentity
    ) throws(EngineError) {
        let exit = exit(of: record)
        let network = context.networks.adoptEnded(record)
        let running = try takeOver(record, spec, identity, network)
        let container = record.container
        let lifecycle = ContainerLifecycle(
            adopted: RestartBackoff(container), startedAt: running.startedAt, paused: false,
            isDismissed: !record.shouldRun)
        let run = supervisor.makeRun(record, lifecycle: lifecycle, running: running)
        supervisor.add(run)
        run.ended(
            ContainerRun.ProcessEnd(
                identity: identity, code: exit?.status.code ?? Self.unknownExit, time: exit?.time ?? .now()))
    }

    /// What the keeper wrote down of the process that the record names.
    private func exit(of record: ContainerRecord) -> ExitRecord? {
        exits.last { $0.tag == record.id && $0.identity == record.process }
    }

    /// Was waiting for its restart.
    private func resume(_ record: ContainerRecord) {
        let (lifecycle, actions) = ContainerLifecycle.waiting(RestartBackoff(record.container))
        let run = supervisor.makeRun(record, lifecycle: lifecycle)
        supervisor.add(run)
        for action in actions { run.perform(action) }
    }

    /// Nothing is left of the run: the machine was restarted, or its files are gone.
    private func markEnded(_ record: ContainerRecord) {
        context.networks.detach(record.id, nil)
        let exit = exit(of: record)
        let code = exit?.status.code ?? Self.unknownExit
        let ended = context.attempting("record the end of \(record.name)") {
            try context.store.updateStatus(of: record.id, usesReserve: true) { record in
                record.endUnseen(exit: exit.map { ($0.status.code, $0.time) })
            }
        }
        if let ended { context.note("die", ended, ["exitCode": "\(code)"]) }
        let logs = LogPlace(record, layout: context.layout)
        if let log = try? logs.writer(context) {
            let end = LogRunEnd(time: .now(), exitCode: code, restarts: false)
            try? log.append(.runEnded, end.bytes, at: end.time)
        }
    }

    // MARK: What nobody knows of

    /// A container whose start was never recorded: its supervisor died in the middle of it.
    private func end(_ stray: ProcessIdentity, of record: ContainerRecord) {
        if let spec = try? record.spec() {
            try? ContainerRuntime.removeRemains(of: spec, environment: context.environment)
        }
        try? stray.send(signal: SIGKILL)
        context.networks.detach(record.id, nil)
        StandardStreams.remove(context.layout.container(record.id))
    }

    private func removeStrays(known: [ContainerRecord]) {
        let ids = Set(known.map(\.id))
        for (tag, identity) in children where !tag.contains("/") && !ids.contains(tag) {
            try? identity.send(signal: SIGKILL)
        }
        let running = Set(known.filter(\.container.isRunning).map(\.id))
        for key in (try? context.keeper.keptKeys()) ?? [] where !running.contains(String(key.prefix { $0 != "/" })) {
            try? context.keeper.drop(key)
        }
    }
}

/// Waits for the end of a process that is nobody's child here.
@LoopActor
final class OrphanWatch {
    private let pidfd: Descriptor
    /// Nanoseconds. The reaper may be slow; only after it can the kernel say how the process ended.
    private nonisolated static let patience: Int64 = 1_000_000_000

    /// - Parameter ended: called with the exit code, nil when the kernel cannot say it.
    /// - Returns: nil when the process is gone already.
    init?(_ identity: ProcessIdentity, _ context: SupervisorContext, ended: @escaping @LoopActor (Int32?) -> Void) {
        do throws(Errno) {
            pidfd = try identity.openPidfd()
            // The handler keeps this object until the process has ended.
            try context.loop.add(pidfd.raw, .readable) { [self] _ in
                context.loop.remove(pidfd.raw)
                context.run { [self] in
                    exitCode()
                } then: {
                    ended($0)
                }
            }
        } catch {
            return nil
        }
    }

    private nonisolated func exitCode() -> Int32? {
        var status: Int32?
        Polling.wait(
            every: 10_000_000, deadline: monotonicNanoseconds() + Self.patience,
            because: "a pidfd tells that the process has ended, and not that it was reaped"
        ) {
            status = ProcessEndStatus.read(pidfd.raw)
            return status != nil
        }
        return status.map { ExitStatus(waitStatus: $0).code }
    }
}
