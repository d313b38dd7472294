public import EngineModel
internal import Glibc
public import LinuxSystem
public import Primitives
public import StateStore
internal import SystemPackage

/// What the commands ask of the supervisor of one project.
///
/// Every function is one blocking call over the project's control socket and may be used from many threads at once.
/// Those that need a supervisor start one when there is none, and never a second one. A supervisor that was killed is
/// replaced the same way: the new one finds keeper and containers and carries on. Container arguments are full ids.
public struct SupervisorClient: Sendable {
    /// The project's name.
    public let project: String
    /// Where the supervisor's files lie.
    public let layout: DataLayout

    public init(project: String, layout: DataLayout) {
        self.project = project
        self.layout = layout
    }

    /// Whether there is a supervisor, even one that does not answer. Never starts one, never waits for one.
    public var isThere: Bool { SupervisorPulse(project: project, layout: layout).process != nil }

    /// Makes sure that a supervisor of this program's version watches the project. Call it when the store says that
    /// containers of the project run: only then it is noticed that the supervisor died.
    public func ensureAlive() throws(EngineError) {
        let reply = try ControlCall(self).call(.ping)
        if case .ready(let version, _) = reply, version != ControlEnvelope.currentVersion {
            _ = try ControlCall(self).ifRunning(.handOver)
            _ = try ControlCall(self).call(.ping)
        }
    }

    /// Starts a created or ended container; returns once its program has been executed. A running one is no error.
    ///
    /// - Returns: the caller's streams at work if `streams` were given: `wait()` for them after ``wait(_:cancellation:)``.
    public func start(_ container: String, attach streams: AttachedStreams? = nil) throws(EngineError) -> Attachment? {
        let wantsInput = streams?.input != nil
        guard let streams else {
            _ = try ControlCall(self).call(.start(container: container, input: false))
            return nil
        }
        let presence = LogReaders.join(layout.container(container))
        return try attachment(
            streams, presence,
            try ControlCall(self).callForDescriptor(.start(container: container, input: wantsInput)))
    }

    /// Joins the caller's streams to a running container.
    public func attach(_ container: String, _ streams: AttachedStreams) throws(EngineError) -> Attachment {
        let presence = LogReaders.join(layout.container(container))
        return try attachment(
            streams, presence, try ControlCall(self).callForDescriptor(.attach(container: container)))
    }

    /// Sends the stop signal, waits `timeout` seconds (nil: the container's own, -1: for ever), and kills. Returns when
    /// the container has ended and will not be restarted.
    public func stop(_ container: String, timeout: Int?) throws(EngineError) {
        _ = try ControlCall(self).call(.stop(container: container, timeout: timeout))
    }

    /// Stops and starts a container; `timeout` in seconds, nil is the container's own.
    public func restart(_ container: String, timeout: Int?) throws(EngineError) {
        _ = try ControlCall(self).call(.restart(container: container, timeout: timeout))
    }

    /// Sends a signal to process 1. After SIGKILL it returns when the container has ended.
    public func kill(_ container: String, signal: Int32) throws(EngineError) {
        _ = try ControlCall(self).call(.kill(container: container, signal: signal))
    }

    /// Freezes a container's processes.
    public func pause(_ container: String) throws(EngineError) {
        _ = try ControlCall(self).call(.pause(container: container))
    }

    /// Pauses a running container.
    ///
    /// - Returns: a descriptor with whose last copy, or with the processes that have it, the pause ends, if
    ///   ``unpause(_:)`` did not end it before.
    public func hold(_ container: String) throws(EngineError) -> Descriptor {
        var answer = try ControlCall(self).callForDescriptor(.hold(container: container))
        guard let descriptor = answer.takeDescriptor() else {
            throw EngineError(.unavailable, "project \(project)", "the supervisor gave an unexpected answer")
        }
        return descriptor
    }

    /// Lets a paused container's processes go on.
    public func unpause(_ container: String) throws(EngineError) {
        _ = try ControlCall(self).call(.unpause(container: container))
    }

    /// Blocks until the container is not running, will not be restarted, and all of its output is in its log.
    ///
    /// - Returns: its exit code; nil if `cancellation` fired first.
    public func wait(_ container: String, cancellation: Cancellation) throws(EngineError) -> Int32? {
        let reply = try ControlCall(self).call(.wait(container: container), cancellation: cancellation)
        guard let reply, case .exited(let code) = reply else { return nil }
        return code
    }

    /// Gives a running container one more network. Fails with `.conflict` if it is in there already.
    public func connect(_ container: String, _ attachment: NetworkAttachment) throws(EngineError) {
        _ = try ControlCall(self).call(.connect(container: container, attachment: attachment))
    }

    /// Takes a running container out of the network of this name.
    public func disconnect(_ container: String, from network: String) throws(EngineError) {
        _ = try ControlCall(self).call(.disconnect(container: container, network: network))
    }

    /// Lets `new`, which runs and is on standby, do the work of `old`. Does nothing if it is not on standby.
    public func handOver(from old: String, to new: String) throws(EngineError) {
        _ = try ControlCall(self).call(.handOverWork(from: old, to: new))
    }

    /// Tells a running supervisor that a container is being removed. Does nothing without one.
    public func forget(_ container: String) throws(EngineError) {
        _ = try ControlCall(self).ifRunning(.forget(container: container))
    }

    /// Tells a running supervisor that names on its networks changed. Does nothing without one, and does not wait long
    /// for one that is busy: it reads them when its turn comes.
    public func refreshNames() throws(EngineError) {
        try ControlCall(self).tell(.refreshNames)
    }

    /// Makes the running containers' networks as they were made. Starts a supervisor if there is none: call it when
    /// containers run.
    public func mendNetworks() throws(EngineError) {
        _ = try ControlCall(self).call(.mendNetworks)
    }

    /// Lets the supervisor end now instead of soon if it has nothing to do; returns when it is gone.
    public func leaveIfIdle() throws(EngineError) {
        _ = try ControlCall(self).ifRunning(.leaveIfIdle)
    }

    private func attachment(
        _ streams: AttachedStreams, _ presence: LogReaders.Presence?, _ answer: consuming ControlAnswer
    ) throws(EngineError) -> Attachment {
        guard case .attached(let log, let position) = answer.reply else {
            throw EngineError(.unavailable, "project \(project)", "the supervisor gave an unexpected answer")
        }
        return try Attachment(
            log: log, from: position, streams: streams, input: streams.input == nil ? nil : answer.takeDescriptor(),
            presence: presence)
    }
}
