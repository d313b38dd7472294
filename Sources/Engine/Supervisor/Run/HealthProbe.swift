internal import CLinux
internal import ContainerModel
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import StateStore
internal import Synchronization
internal import SystemPackage

/// Runs the health checks of one run of a container, from its start to its end.
///
/// A probe is a process in the container, child of the keeper. Handlers run on the event loop, launches on workers.
final class HealthProbe: Sendable {
    /// What is kept of a probe's output.
    static let outputLimit = 4096

    private struct State {
        var monitor: HealthMonitor
        var timer: Int?
        var deadline: Int?
        var sequence = 0
        var probe: Probe?
        var stopped = false
    }

    private struct Probe {
        var tag: String
        var identity: ProcessIdentity?
        var output: ProbeOutput?
        var timedOut = false
    }

    private let context: SupervisorContext
    private let running: RunningContainer
    private let process: ProcessSpec
    private let report: @Sendable (Container.Health) -> Void
    private let state: Mutex<State>

    init(
        _ monitor: HealthMonitor, check: Healthcheck, context: SupervisorContext, running: RunningContainer,
        report: @escaping @Sendable (Container.Health) -> Void
    ) {
        self.context = context
        self.running = running
        self.report = report
        var process = running.spec.process
        process.arguments = check.arguments
        process.terminal = false
        self.process = process
        state = Mutex(State(monitor: monitor))
    }

    func start() { handle(.started) }

    func stop() {
        let (timers, output) = state.withLock { state in
            state.stopped = true
            defer { state.probe = nil }
            return ([state.timer, state.deadline], state.probe?.output)
        }
        for timer in timers { if let timer { context.loop.cancelTimer(timer) } }
        output?.close()
    }

    /// Whether the exit was that of the present probe.
    func ended(_ record: ExitRecord) -> Bool {
        let probe: Probe? = state.withLock { state in
            guard let probe = state.probe, probe.tag == record.tag else { return nil }
            state.probe = nil
            return probe
        }
        guard let probe else { return false }
        finish(probe, probe.timedOut ? .timedOut : .exited(record.status.code))
        return true
    }

    private func handle(_ event: HealthMonitor.Event) {
        let actions = state.withLock { $0.stopped ? [] : $0.monitor.handle(event, now: monotonicNanoseconds()) }
        for action in actions {
            switch action {
            case .schedule(let delay):
                let token = context.loop.after(nanoseconds: delay) { [weak self] in self?.handle(.timer) }
                state.withLock { $0.timer = token }
            case .probe(let timeout):
                context.workers.run { [weak self] in self?.launch(timeout: timeout) }
            case .report(let health): report(health)
            }
        }
    }

    private func launch(timeout: Int64) {
        let tag: String? = state.withLock { state in
            if state.stopped { return nil }
            state.sequence += 1
            let tag = "\(running.spec.id.prefix(32))/health/\(state.sequence)"
            state.probe = Probe(tag: tag)
            return tag
        }
        guard let tag else { return }
        do throws(RuntimeError) {
            let (output, writing) = try ProbeOutput.make(context.loop)
            var descriptors = LaunchDescriptors()
            descriptors.standardOutput = writing.raw
            descriptors.standardError = writing.raw
            let launched = try ContainerRuntime.exec(
                process, in: running.spec, target: running.identity, tag: tag, keeper: context.keeper,
                environment: context.environment, descriptors: descriptors)
            let identity = launched.identity
            let still = state.withLock { state in
                guard state.probe?.tag == tag else { return false }
                state.probe?.identity = identity
                state.probe?.output = output
                return true
            }
            if !still {
                output.close()
                return
            }
            let deadline = context.loop.after(nanoseconds: timeout) { [weak self] in self?.expire(tag) }
            state.withLock { $0.deadline = deadline }
        } catch {
            let probe = state.withLock { state in
                defer { state.probe = nil }
                return state.probe
            }
            guard let probe, probe.tag == tag else { return }
            context.troubles.write("health check of \(running.spec.name): \(error)")
            finish(probe, error.code == .programNotFound ? .exited(127) : .failed)
        }
    }

    private func expire(_ tag: String) {
        let identity: ProcessIdentity? = state.withLock { state in
            guard state.probe?.tag == tag else { return nil }
            state.probe?.timedOut = true
            return state.probe?.identity
        }
        try? identity?.send(signal: SIGKILL)
    }

    private func finish(_ probe: Probe, _ outcome: HealthMonitor.Outcome) {
        let deadline = state.withLock { state in
            defer { state.deadline = nil }
            return state.deadline
        }
        if let deadline { context.loop.cancelTimer(deadline) }
        let output = probe.output?.close() ?? []
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
private final class ProbeOutput: Sendable {
    private let source: Descriptor
    private let loop: EventLoop
    private let kept = Mutex<[UInt8]>([])

    private init(_ source: consuming Descriptor, loop: EventLoop) {
        self.source = source
        self.loop = loop
    }

    static func make(_ loop: EventLoop) throws(RuntimeError) -> (ProbeOutput, SharedDescriptor) {
        do throws(Errno) {
            var ends: [Int32] = [-1, -1]
            try systemCall { clinux_pipe2(&ends, O_CLOEXEC) }
            let writing = SharedDescriptor(Descriptor(owning: ends[1]))
            let reading = Descriptor(owning: ends[0])
            try reading.setNonBlocking()
            let output = ProbeOutput(reading, loop: loop)
            try loop.add(output.source.raw, .readable) { [weak output] _ in output?.read() }
            return (output, writing)
        } catch {
            throw RuntimeError(.system, step: "read a health check's output", cause: error)
        }
    }

    private func read() {
        while let bytes = try? source.read(upTo: 16 << 10) {
            if bytes.isEmpty {
                loop.remove(source.raw)
                return
            }
            kept.withLock { $0 += bytes.prefix(max(0, HealthProbe.outputLimit - $0.count)) }
        }
    }

    @discardableResult
    func close() -> [UInt8] {
        read()
        loop.remove(source.raw)
        return kept.withLock { $0 }
    }
}
