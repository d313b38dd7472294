public import EngineModel
internal import LinuxSystem
public import Primitives
internal import StateStore
internal import Supervisor
internal import Synchronization

extension LocalEngine {
    public func startContainer(_ container: String, attach streams: AttachedStreams?) throws(EngineError) {
        let record = try record(container)
        let terminal = record.container.configuration.terminal
        if streams != nil { note(Event("attach", of: record)) }
        let attachment = try supervisor(of: record.project).start(record.id, attach: streams)
        guard let attachment, let streams else { return }
        let run = AttachedRun(attachment, terminal: terminal ? streams.input : nil)
        attachedRuns.withLock { $0[record.id] = run }
    }

    public func attachContainer(_ container: String, _ streams: AttachedStreams) throws(EngineError) {
        let record = try record(container)
        _ = try process(of: record)
        note(Event("attach", of: record))
        let attachment = try supervisor(of: record.project).attach(record.id, streams)
        let run = AttachedRun(
            attachment, terminal: record.container.configuration.terminal ? streams.input : nil)
        attachedRuns.withLock { $0[record.id] = run }
    }

    public func stopContainer(_ container: String, timeout: Int?) throws(EngineError) {
        let record = try record(container)
        if !record.container.isRunning { return }
        try supervisor(of: record.project).stop(record.id, timeout: timeout)
    }

    public func restartContainer(_ container: String, timeout: Int?) throws(EngineError) {
        let record = try record(container)
        try supervisor(of: record.project).restart(record.id, timeout: timeout)
        note(Event("restart", of: record))
    }

    public func killContainer(_ container: String, signal: String) throws(EngineError) {
        let record = try record(container)
        guard let number = SignalName.number(signal) else {
            throw EngineError(.invalid, "signal \(signal)", "there is no such signal")
        }
        if !record.container.isRunning {
            throw EngineError(.notRunning, "container \(record.name)", "it is not running")
        }
        try supervisor(of: record.project).kill(record.id, signal: number)
    }

    public func pauseContainer(_ container: String) throws(EngineError) {
        let record = try record(container)
        try supervisor(of: record.project).pause(record.id)
    }

    public func unpauseContainer(_ container: String) throws(EngineError) {
        let record = try record(container)
        try supervisor(of: record.project).unpause(record.id)
    }

    public func holdContainer(_ container: String) throws(EngineError) -> EngineHold {
        let record = try record(container)
        let supervisor = supervisor(of: record.project)
        let held = HeldDescriptor(try supervisor.hold(record.id))
        return EngineHold {
            // Only for the order of things: closing the descriptor would do as well, but a moment later.
            try? supervisor.unpause(record.id)
            _ = held
        }
    }

    public func waitForExit(_ container: String, cancellation: Cancellation) throws(EngineError) -> Int32? {
        let record = try record(container)
        defer { attachedRuns.withLock { _ = $0.removeValue(forKey: record.id) } }
        var code: Int32? = record.container.exitCode
        if record.container.isRunning || attachedRuns.withLock({ $0[record.id] != nil }) {
            code = try supervisor(of: record.project).wait(record.id, cancellation: cancellation)
        }
        if code != nil { attachedRuns.withLock { $0[record.id] }?.waitForOutput() }
        return code
    }

    public func handOver(from old: String, to new: String) throws(EngineError) {
        let (giver, taker) = (try record(old), try record(new))
        guard giver.project == taker.project else {
            throw EngineError(.invalid, "container \(taker.name)", "it is not of the same project as \(giver.name)")
        }
        if taker.container.configuration.standby != true { return }
        try supervisor(of: taker.project).handOver(from: giver.id, to: taker.id)
    }

    public func renameContainer(_ container: String, to name: String) throws(EngineError) {
        var record = try record(container)
        let old = record.name
        record.container.name = name
        record.container.configuration.name = name
        try store.replace(record)
        if record.container.isRunning { try supervisor(of: record.project).refreshNames() }
        note(Event("rename", of: record, ["oldName": old]))
    }

    public func removeContainer(_ container: String, force: Bool, volumes: Bool) throws(EngineError) {
        let known = try record(container)
        // Who died with the supervisor is not killed by a new one first.
        guard var record = observed([known]).first else { return }
        // A container that somebody starts meanwhile runs again after it was killed: once or twice, not for ever.
        for attempt in 1...5 {
            if record.container.isRunning {
                if !force { throw Self.running(record) }
                try killForRemoval(record)
            }
            do throws(EngineError) {
                try supervisor(of: record.project).forget(record.id)
                break
            } catch {
                guard error.code == .conflict, force, attempt < 5 else { throw error }
                record = try self.record(record.id)
            }
        }
        try ContainerRemoval(store: store).remove(record, volumes: volumes)
    }

    private func killForRemoval(_ record: ContainerRecord) throws(EngineError) {
        do throws(EngineError) {
            try supervisor(of: record.project).kill(record.id, signal: 9)
        } catch {
            // It has ended, but the disk is too full to record that: removing it makes room.
            if error.code != .notRunning && error.code != .noSpace { throw error }
        }
    }

    private static func running(_ record: ContainerRecord) -> EngineError {
        EngineError(.conflict, "container \(record.name)", "it is running", hint: "stop it first, or use force")
    }
}

/// A container that this process started attached, until its end was waited for.
final class AttachedRun: Sendable {
    private let attachment: Attachment
    private let terminal: TerminalSession?

    /// - Parameter terminal: the caller's terminal, if the container has one too.
    init(_ attachment: Attachment, terminal: Int32?) {
        self.attachment = attachment
        self.terminal = terminal.flatMap { TerminalSession($0, resize: attachment.resize) }
    }

    /// Blocks until all output was passed on, then gives the terminal back.
    func waitForOutput() {
        attachment.wait()
        terminal?.end()
    }
}

/// A descriptor that is closed with the value.
private final class HeldDescriptor: Sendable {
    let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }
}
