internal import ContainerModel
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// Runs the health checks of one run of a container, from its start to its end.
///
/// A probe is a process in the container, child of the keeper. Its time begins before it is launched: also a container
/// that holds up its launch is unhealthy then.
@LoopActor
final class HealthProbe {
    /// What is kept of a probe's output.
    static let outputLimit = 4096

    private struct Probe {
        var tag: String
        var output: ProbeOutput
        /// Names it in events.
        var execID: String
        /// Known once its launch was reported; its end may be reported before.
        var identity: ProcessIdentity?
    }

    private let context: SupervisorContext
    private let running: RunningContainer
    private let process: ProcessSpec
    private let report: @LoopActor (Container.Health) -> Void
    private var monitor: HealthMonitor
    private var timer: EventLoop.Timer?
    private var deadline: EventLoop.Timer?
    private var sequence = 0
    private var probe: Probe?
    /// A worker is at it; of a probe that is over already, perhaps.
    private var isLaunching = false
    /// A probe that took too long and was killed: what stands still in a frozen cgroup only dies when that thaws.
    private var lingering: ProcessIdentity?
    private var stopped = false

    init(
        _ monitor: HealthMonitor, check: Healthcheck, context: SupervisorContext, running: RunningContainer,
        report: @escaping @LoopActor (Container.Health) -> Void
    ) {
        self.context = context
        self.running = running
        self.report = report
        var process = running.spec.process
        process.arguments = check.arguments
        process.terminal = false
        self.process = process
        self.monitor = monitor
    }

    func start() { handle(.started) }

    func stop() {
        stopped = true
        loop.cancel(timer)
        loop.cancel(deadline)
        probe?.output.close()
        probe = nil
    }

    private var loop: EventLoop { context.loop }

    /// Whether the exit was that of the present probe.
    func ended(_ record: ExitRecord) -> Bool {
        guard let probe, probe.tag == record.tag else { return false }
        finish(.exited(record.status.code))
        return true
    }

    private func handle(_ event: HealthMonitor.Event) {
        if stopped { return }
        for action in monitor.handle(event, now: monotonicNanoseconds()) {
            switch action {
            case .schedule(let delay): timer = loop.after(nanoseconds: delay) { [weak self] in self?.handle(.timer) }
            case .probe(let timeout): launch(timeout: timeout)
            case .report(let health): report(health)
            }
        }
    }

    private func launch(timeout: Int64) {
        sequence += 1
        let tag = "\(running.spec.id.prefix(32))/health/\(sequence)"
        let end = monotonicNanoseconds() + timeout
        deadline = loop.after(nanoseconds: timeout) { [weak self] in self?.expire(tag) }
        do throws(Errno) {
            let pipe = try Descriptor.pipe()
            let writing = SharedDescriptor(pipe.write)
            let execID = RandomIdentifier.make()
            probe = Probe(tag: tag, output: try ProbeOutput(pipe.read, loop: loop), execID: execID)
            // One of an earlier probe that does not come back takes the time of this one as well.
            if isLaunching || lingering?.isAlive == true { return }
            isLaunching = true
            let (context, running, process) = (context, running, process)
            context.run(on: context.probeWorkers) {
                Result { () throws(RuntimeError) in
                    try Self.launch(process, in: running, as: tag, execID, output: writing, context, deadline: end)
                }
            } then: { [weak self] result in
                self?.launched(tag, result)
            }
        } catch {
            context.troubles.write("health check of \(running.spec.name): its output cannot be read: \(error)")
            finish(.failed)
        }
    }

    /// Blocks.
    private nonisolated static func launch(
        _ process: ProcessSpec, in running: RunningContainer, as tag: String, _ execID: String,
        output: SharedDescriptor, _ context: SupervisorContext, deadline: Int64
    ) throws(RuntimeError) -> ProcessIdentity {
        // It waited for its turn too long.
        guard monotonicNanoseconds() < deadline else { throw RuntimeError(.timedOut, step: "start a process") }
        var descriptors = LaunchDescriptors()
        descriptors.standardOutput = output.raw
        descriptors.standardError = output.raw
        // Both before it can have ended.
        let command = process.arguments.joined(separator: " ")
        for action in ["exec_create", "exec_start"] { note("\(action): \(command)", running, execID, context) }
        let launched = try ContainerRuntime.exec(
            process, in: running.spec, target: running.identity, tag: tag, keeper: context.keeper,
            environment: context.environment, descriptors: descriptors, deadline: deadline)
        return launched.identity
    }

    private nonisolated static func note(
        _ action: String, _ running: RunningContainer, _ execID: String, _ context: SupervisorContext,
        exitCode: Int32? = nil
    ) {
        guard let record = try? context.store.container(id: running.spec.id) else { return }
        var attributes = ["execID": execID]
        attributes["exitCode"] = exitCode.map { "\($0)" }
        context.note(action, record, attributes)
    }

    private func launched(_ tag: String, _ result: Result<ProcessIdentity, RuntimeError>) {
        isLaunching = false
        guard probe?.tag == tag else {
            // It ended before, or was given up.
            if case .success(let identity) = result { try? identity.send(signal: SIGKILL) }
            return
        }
        switch result {
        case .success(let identity): probe?.identity = identity
        case .failure(let error):
            context.troubles.write("health check of \(running.spec.name): \(error)")
            switch error.code {
            case .programNotFound: finish(.exited(127))
            case .timedOut: finish(.timedOut)
            case .invalid, .programNotExecutable, .system, .unsupported, .gone, .keeper: finish(.failed)
            }
        }
    }

    private func expire(_ tag: String) {
        guard probe?.tag == tag else { return }
        if let identity = probe?.identity {
            lingering = identity
            try? identity.send(signal: SIGKILL)
        }
        finish(.timedOut)
    }

    /// The present probe is over.
    private func finish(_ outcome: HealthMonitor.Outcome) {
        loop.cancel(deadline)
        let output = probe?.output.close() ?? []
        if let execID = probe?.execID, case .exited(let code) = outcome {
            let (context, running) = (context, running)
            context.workers.run { Self.note("exec_die", running, execID, context, exitCode: code) }
        }
        probe = nil
        if outcome != .exited(0) { keepOutput(output, outcome) }
        handle(.finished(outcome))
    }

    /// The last failure can be read in the container's directory.
    private func keepOutput(_ output: [UInt8], _ outcome: HealthMonitor.Outcome) {
        let path = context.layout.container(running.spec.id) + "/health"
        try? Files.replace(path, with: Array("\(outcome)\n".utf8) + output)
    }
}

/// The output of one probe: its beginning is kept, the rest read and dropped.
@LoopActor
private final class ProbeOutput {
    private let source: Descriptor
    private let loop: EventLoop
    private var kept: [UInt8] = []

    init(_ source: consuming Descriptor, loop: EventLoop) throws(Errno) {
        try source.setNonBlocking()
        self.source = source
        self.loop = loop
        try loop.add(self.source.raw, .readable) { [weak self] _ in self?.read() }
    }

    private func read() {
        while let bytes = try? source.read(upTo: 16 << 10) {
            if bytes.isEmpty {
                loop.remove(source.raw)
                return
            }
            kept += bytes.prefix(max(0, HealthProbe.outputLimit - kept.count))
        }
    }

    @discardableResult
    func close() -> [UInt8] {
        read()
        loop.remove(source.raw)
        return kept
    }
}
