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
    /// The user stopped it.
    var stopped: Bool
    /// Restarts by policy so far, the coming one included.
    var restartCount: Int
}

/// Takes a run down that has ended: last output, processes, network, record, events. Blocks; idempotent.
struct ContainerEnd: Sendable {
    let context: SupervisorContext
    let id: String

    /// - Returns: the container's record as it is now; nil if it was removed.
    @discardableResult
    func settle(_ running: RunningContainer, _ end: RunEnd) -> ContainerRecord? {
        let kills = ContainerRuntime.outOfMemoryKills(of: running.spec, environment: context.environment)
        context.attempting("remove what is left of \(running.spec.name)") {
            try ContainerRuntime.removeRemains(of: running.spec, environment: context.environment)
        }
        // Nobody writes any more.
        let lost = running.pumps.reduce(0) { $0 + $1.finish() }
        if lost > 0 {
            context.troubles.write("\(running.spec.name): \(lost) bytes of output could not be written to the log")
        }
        StandardStreams.dropAll(of: id, from: context)
        StandardStreams.remove(context.layout.container(id))
        context.networks.detach(id, running.network)
        return record(end, outOfMemory: kills > 0, running.log)
    }

    /// A restart that was announced will not come.
    @discardableResult
    func cancelRestart() -> ContainerRecord? {
        let record = update { record in
            record.container.state = .exited
            record.shouldRun = false
        }
        guard let record else { return nil }
        let logs = LogPlace(record, layout: context.layout)
        if let log = try? LogWriter(directory: logs.directory, limits: logs.limits) { finishLog(log, restarts: false) }
        return removeIfWanted(record)
    }

    private func finishLog(_ log: LogWriter, restarts: Bool) {
        context.attempting("write to a log") { try log.append(.runEnded, [restarts ? 1 : 0]) }
    }

    private func record(_ end: RunEnd, outOfMemory: Bool, _ log: LogWriter) -> ContainerRecord? {
        let record = update { record in
            record.end(end.restarts ? .restarting : .exited, exitCode: end.code)
            record.container.oomKilled = outOfMemory
            record.container.finishedAt = end.time
            record.container.restartCount = end.restartCount
            if end.stopped { record.shouldRun = false }
        }
        // Only now: who reads in the log that the run has ended looks for its exit code in the record.
        finishLog(log, restarts: end.restarts)
        guard let record else { return nil }
        if outOfMemory { context.note("oom", record) }
        context.note("die", record, ["exitCode": "\(end.code)"])
        if end.stopped { context.note("stop", record) }
        return end.restarts ? record : removeIfWanted(record)
    }

    private func removeIfWanted(_ record: ContainerRecord) -> ContainerRecord? {
        guard record.container.configuration.autoRemove else { return record }
        let removal = ContainerRemoval(store: context.store)
        context.attempting("remove \(record.name)") {
            try removal.remove(record, volumes: true, waitForReaders: true)
        }
        return nil
    }

    private func update(_ change: (inout ContainerRecord) -> Void) -> ContainerRecord? {
        context.attempting("record the end of a container") {
            try context.store.updateStatus(of: id, change)
        }
    }
}
