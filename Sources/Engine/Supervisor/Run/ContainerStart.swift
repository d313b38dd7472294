internal import ContainerModel
internal import ContainerNetwork
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import SystemPackage

/// A container that was started, and where its standard input is written to.
struct StartedContainer: Sendable {
    let running: RunningContainer
    /// For the clients that asked for it.
    let input: SharedDescriptor?
}

/// Starts a container: network, files, streams, process, record. Blocks; on failure everything is undone.
struct ContainerStart: Sendable {
    let context: SupervisorContext
    let id: String
    /// A client wants to write its standard input.
    let wantsInput: Bool
    /// Restarts by policy so far.
    let restarts: Int

    func run() throws(EngineError) -> StartedContainer {
        guard let record = try context.store.container(id: id) else {
            throw EngineError(.notFound, "container \(id.prefix(12))", "there is no such container")
        }
        do throws(EngineError) {
            return try start(record)
        } catch {
            recordFailure(error)
            throw error
        }
    }

    private func start(_ record: ContainerRecord) throws(EngineError) -> StartedContainer {
        try OpenFiles.checkRoom(for: record)
        var spec = try record.spec()
        try DeviceInterface.apply(record.container.configuration.deviceRequests, to: &spec)
        let shared = try sharedNamespaces(of: spec, record)
        let network = try context.networks.attach(record)
        do throws(EngineError) {
            try MountedVolumes(context.layout).ensure(for: record, in: context.store)
            try NetworkFiles(store: context.store, layout: context.layout).write(for: record, spec, network)
            return try launch(record, spec, shared, network)
        } catch {
            context.networks.detach(id, network)
            throw error
        }
    }

    private func launch(
        _ record: ContainerRecord, _ spec: ContainerSpec, _ shared: [String: ProcessIdentity], _ network: RunNetwork
    ) throws(EngineError) -> StartedContainer {
        let directory = context.layout.container(id)
        let configuration = record.container.configuration
        let terminal = spec.process.terminal
        let logs = LogPlace(record, layout: context.layout)
        // A service that was up goes on, whoever takes its output.
        let delivery = try logs.delivery(spec, context, checked: restarts == 0)
        let log: LogWriter
        let streams: StandardStreams
        do throws(Errno) {
            log = try logs.writer(context)
            streams = try StandardStreams(
                directory: directory, input: !terminal && (wantsInput || configuration.openStdin))
        } catch {
            throw EngineError(error, "container \(record.name)", doing: "its output cannot be kept")
        }
        var descriptors = LaunchDescriptors()
        descriptors.containers = shared
        descriptors.networkNamespace = network.sandbox?.namespace
        if !terminal {
            descriptors.standardInput = streams.containerInput?.raw
            descriptors.standardOutput = streams.containerOutput.raw
            descriptors.standardError = streams.containerError.raw
        }
        let logStart = log.position
        if let delivery {
            context.attempting("send the output of \(record.name)") { try delivery.start(following: log) }
        }
        context.attempting("write to the log of \(record.name)") { try log.append(.runStarted) }
        let started: StartedContainer
        do throws(RuntimeError) {
            // Held before there is anything to lose.
            if !terminal {
                try context.keeper.keep(streams.containerOutput, as: StandardStreams.key(id, "stdout"))
                try context.keeper.keep(streams.containerError, as: StandardStreams.key(id, "stderr"))
            }
            var process = try ContainerRuntime.start(
                spec, keeper: context.keeper, environment: context.environment, descriptors: descriptors)
            let master = process.takeTerminal()
            let input = try keepInput(terminal: master, pipe: streams.input)
            let pumps = try startPumps(directory, terminal: master, log: log)
            let running = RunningContainer(
                spec: spec, identity: process.identity, network: network, log: log, logDirectory: logs.directory,
                logStart: logStart, pumps: pumps, delivery: delivery, startedAt: monotonicNanoseconds())
            started = StartedContainer(running: running, input: input)
        } catch {
            delivery?.finish()
            undoLaunch(spec, directory, log, record)
            throw EngineError(error, container: record.name)
        }
        try recordStart(record, started.running)
        return started
    }

    /// Leaves the writing end of the standard input, or the terminal, with the keeper, and returns a duplicate.
    ///
    /// A pipe is kept open for later clients unless this client alone is to write: its end is the container's then.
    private func keepInput(
        terminal: borrowing Descriptor?, pipe: SharedDescriptor?
    ) throws(RuntimeError) -> SharedDescriptor? {
        if let copy = try? terminal?.duplicate() {
            try context.keeper.keep(copy, as: StandardStreams.key(id, "terminal"))
            return SharedDescriptor(copy)
        }
        guard let copy = try? pipe?.descriptor.duplicate() else { return nil }
        if wantsInput { return SharedDescriptor(copy) }
        try context.keeper.keep(copy, as: StandardStreams.key(id, "stdin"))
        return nil
    }

    private func startPumps(
        _ directory: String, terminal: borrowing Descriptor?, log: LogWriter
    ) throws(RuntimeError) -> [OutputPump] {
        do throws(Errno) {
            return try OutputPump.all(directory: directory, terminal: terminal, log: log, loop: context.loop)
        } catch {
            throw RuntimeError(.system, step: "read its output", cause: error)
        }
    }

    /// Process 1 of each container whose namespaces this one shares.
    private func sharedNamespaces(
        of spec: ContainerSpec, _ record: ContainerRecord
    ) throws(EngineError) -> [String: ProcessIdentity] {
        var shared: [String: ProcessIdentity] = [:]
        let namespaces = spec.namespaces
        for origin in [namespaces.pid, namespaces.ipc, namespaces.uts, namespaces.network, namespaces.cgroup] {
            guard case .container(let other) = origin, shared[other] == nil else { continue }
            guard let target = try context.store.container(matching: other) else {
                throw EngineError(
                    .notFound, "container \(record.name)",
                    "it shares namespaces of container \(other), which does not exist")
            }
            guard target.container.isRunning, let process = target.process, process.isAlive else {
                throw EngineError(
                    .notRunning, "container \(record.name)",
                    "it shares namespaces of container \(target.name), which is not running")
            }
            shared[other] = process
        }
        return shared
    }

    /// A container that runs and is not known to run could not be stopped: it does not stay then.
    private func recordStart(_ record: ContainerRecord, _ running: RunningContainer) throws(EngineError) {
        let updated: ContainerRecord?
        do throws(EngineError) {
            updated = try context.store.updateStatus(of: id) { record in
                record.container.state = .running
                record.container.health =
                    HealthMonitor(record.container.configuration.healthcheck, startedAt: 0)?.status
                record.container.exitCode = 0
                record.container.oomKilled = false
                record.container.error = nil
                record.container.startedAt = .now()
                record.container.restartCount = restarts
                record.process = running.identity
                record.shouldRun = true
                record.container.addresses = running.network.addresses
                record.container.ports = running.network.ports
            }
        } catch {
            undoLaunch(running.spec, context.layout.container(id), running.log, record)
            for pump in running.pumps { _ = pump.finish() }
            running.delivery?.finish()
            throw EngineError(
                error.code, "container \(record.name)", "its start cannot be recorded: \(error.reason)")
        }
        let now = updated ?? record
        context.note("start", now)
        context.names.add(now)
    }

    private func undoLaunch(_ spec: ContainerSpec, _ directory: String, _ log: LogWriter, _ record: ContainerRecord) {
        context.attempting("remove what is left of \(record.name)") {
            try ContainerRuntime.removeRemains(of: spec, environment: context.environment)
        }
        StandardStreams.dropAll(of: id, from: context)
        StandardStreams.remove(directory)
        context.attempting("write to the log of \(record.name)") { try log.append(.runEnded, [0]) }
    }

    private func recordFailure(_ error: EngineError) {
        context.attempting("record that a start failed") {
            try context.store.updateStatus(of: id, usesReserve: true) { record in
                record.end(record.container.startedAt == nil ? .created : .exited, exitCode: error.exitCode ?? 128)
                record.container.error = error.reason
                record.shouldRun = false
            }
        }
        context.releaseVolumes(of: id)
    }
}

extension SupervisorContext {
    /// After the record says that a container does not run.
    nonisolated func releaseVolumes(of container: String) {
        attempting("unmount volumes") { try MountedVolumes(layout).release(after: container) }
    }
}

extension StandardStreams {
    /// Lets the keeper close what it holds of a container.
    static func dropAll(of container: String, from context: SupervisorContext) {
        for name in ["stdout", "stderr", "stdin", "terminal"] {
            try? context.keeper.drop(key(container, name))
        }
    }
}

extension OutputPump {
    /// The pumps of a container: of its terminal, or of its output FIFOs.
    nonisolated static func all(
        directory: String, terminal: borrowing Descriptor?, log: LogWriter, loop: EventLoop
    ) throws(Errno) -> [OutputPump] {
        var pumps: [OutputPump] = []
        if let terminal = try terminal?.duplicate() {
            try terminal.setNonBlocking()
            pumps.append(OutputPump(terminal, .output, log: log, loop: loop))
        } else {
            for (name, kind) in StandardStreams.outputs {
                pumps.append(
                    OutputPump(try StandardStreams.openOutput(directory, name), kind, log: log, loop: loop))
            }
        }
        let started = pumps
        try LoopActor.sync { () throws(Errno) in for pump in started { try pump.start() } }
        return pumps
    }
}
