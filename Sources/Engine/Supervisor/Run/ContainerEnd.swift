internal import ContainerModel
internal import ContainerRuntime
internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// How a run ended, and what is to happen then.
struct RunEnd: Sendable, Hashable {
    /// 128 + n for signal n.
    var code: Int32
    var time: Instant
    /// It will be started again.
    var restarts: Bool
    /// The user ended it.
    var stopped: Bool
    /// Restarts by policy so far, the coming one included.
    var restartCount: Int
    /// By `stop` or `restart`: docker tells of that, beside the signals.
    var isStop: Bool
    /// The kernel killed processes of it for want of memory.
    var outOfMemory = false
}

/// Takes a run down that has ended: last output, processes, network; then record and events. Blocks; idempotent.
struct ContainerEnd: Sendable {
    let context: SupervisorContext
    let id: String

    /// - Returns: the end with what is known only now.
    func takeDown(_ running: RunningContainer, _ end: RunEnd) -> RunEnd {
        var end = end
        end.outOfMemory = ContainerRuntime.outOfMemoryKills(of: running.spec, environment: context.environment) > 0
        context.attempting("remove what is left of \(running.spec.name)") {
            try ContainerRuntime.removeRemains(of: running.spec, environment: context.environment)
        }
        // Nobody writes any more.
        let lost = running.pumps.reduce(0) { $0 + $1.finish() }
        if lost > 0 {
            context.troubles.write("\(running.spec.name): \(lost) bytes of output could not be written to the log")
        }
        running.delivery?.finish()
        StandardStreams.dropAll(of: id, from: context)
        StandardStreams.remove(context.layout.container(id))
        context.networks.detach(id, running.network)
        return end
    }

    /// Before the signal that the user wants to end it with: whatever dies meanwhile, the restart policy does not bring
    /// the container back.
    func recordIntent() {
        context.attempting("record that a container is to end") {
            try context.store.updateStatus(of: id, usesReserve: true) { $0.shouldRun = false }
        }
    }

    /// Adds an event about the container as it is now.
    func note(_ action: String, _ attributes: [String: String] = [:]) {
        guard let record = try? context.store.container(id: id) else { return }
        context.note(action, record, attributes)
    }

    /// Writes down that a restart which was announced will not come. May be repeated until it succeeds.
    ///
    /// - Returns: as ``record(_:_:)``.
    func cancelRestart() -> EngineError? {
        let record: ContainerRecord?
        do throws(EngineError) {
            record = try context.store.updateStatus(of: id, usesReserve: true) { record in
                record.container.state = .exited
                record.shouldRun = false
            }
        } catch {
            return error
        }
        guard let record else { return nil }
        let logs = LogPlace(record, layout: context.layout)
        if let log = try? logs.writer(context) {
            finishLog(log, exitCode: record.container.exitCode, restarts: false)
        }
        context.releaseVolumes(of: id)
        removeIfWanted(record)
        return nil
    }

    private func finishLog(_ log: LogWriter, exitCode: Int32, restarts: Bool) {
        let end = LogRunEnd(time: .now(), exitCode: exitCode, restarts: restarts)
        context.attempting("write to a log") { try log.append(.runEnded, end.bytes, at: end.time) }
    }

    /// Writes down how the run ended. May be repeated until it succeeds.
    ///
    /// - Returns: why the store does not have it; nil if it does, or if the container is gone.
    func record(_ end: RunEnd, _ log: LogWriter) -> EngineError? {
        let record: ContainerRecord?
        do throws(EngineError) {
            record = try context.store.updateStatus(of: id, usesReserve: true) { record in
                record.end(end.restarts ? .restarting : .exited, exitCode: end.code)
                record.container.oomKilled = end.outOfMemory
                record.container.finishedAt = end.time
                record.container.restartCount = end.restartCount
                if end.stopped { record.shouldRun = false }
            }
        } catch {
            return error
        }
        // Only now: who reads in the log that the run has ended looks for its exit code in the record.
        finishLog(log, exitCode: end.code, restarts: end.restarts)
        guard let record else { return nil }
        if end.outOfMemory { context.note("oom", record) }
        context.note("die", record, ["exitCode": "\(end.code)"])
        if end.isStop { context.note("stop", record) }
        if !end.restarts {
            context.releaseVolumes(of: id)
            removeIfWanted(record)
        }
        return nil
    }

    private func removeIfWanted(_ record: ContainerRecord) {
        guard record.container.configuration.autoRemove else { return }
        let removal = ContainerRemoval(store: context.store)
        context.attempting("remove \(record.name)") {
            try removal.remove(record, volumes: true, waitForReaders: true)
        }
    }
}
