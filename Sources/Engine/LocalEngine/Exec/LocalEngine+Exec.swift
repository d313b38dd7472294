internal import ContainerModel
internal import ContainerRuntime
public import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Supervisor
internal import SystemPackage

extension LocalEngine {
    public func exec(_ container: String, _ request: ExecRequest) throws(EngineError) -> Int32? {
        let record = try record(container)
        let target = try process(of: record)
        if record.container.state == .paused {
            throw EngineError(.conflict, "container \(record.name)", "it is paused", hint: "unpause it first")
        }
        guard !request.arguments.isEmpty else {
            throw EngineError(.invalid, "container \(record.name)", "exec needs a command")
        }
        let spec = try record.spec()
        let process = Self.process(request, in: spec)
        let environment = try runtimeEnvironment()
        let exec = ["execID": RandomIdentifier.make()]
        let command = request.arguments.joined(separator: " ")
        note(Event("exec_create: \(command)", of: record, exec))
        note(Event("exec_start: \(command)", of: record, exec))
        func launch(_ descriptors: LaunchDescriptors) throws(EngineError) -> LaunchedProcess {
            do throws(RuntimeError) {
                return try execInContainer(
                    process, in: spec, target: target, environment: environment, descriptors: descriptors,
                    privileged: request.privileged)
            } catch {
                throw Self.execError(error, record)
            }
        }
        if request.detach {
            _ = try launch(LaunchDescriptors())
            return nil
        }
        let ended =
            request.terminal
            ? try runOnTerminal(request, record, launch) : try runOnPipes(request, record, launch)
        guard let status = ended else { return nil }
        note(Event("exec_die", of: record, exec.merging(["exitCode": "\(status.code)"]) { $1 }))
        return status.code
    }

    /// What could not be entered as it was asked for (a user, a directory) counts as a program that cannot be executed.
    private static func execError(_ error: RuntimeError, _ record: ContainerRecord) -> EngineError {
        var explained = EngineError(error, container: record.name)
        switch error.code {
        case .invalid, .system, .unsupported: explained.exitCode = 126
        case .programNotFound, .programNotExecutable, .gone, .keeper, .timedOut: break
        }
        return explained
    }

    private typealias Launch = (LaunchDescriptors) throws(EngineError) -> LaunchedProcess

    private func runOnTerminal(
        _ request: ExecRequest, _ record: ContainerRecord, _ launch: Launch
    ) throws(EngineError) -> ExitStatus? {
        var launched = try launch(LaunchDescriptors())
        if let master = launched.takeTerminal() {
            // Dropped at the end of this block: the caller's terminal is itself again before anything is printed.
            let raw = request.input.flatMap { RawTerminal($0) }
            let relay = TerminalRelay(
                input: request.input, output: request.output, master: master.raw, detachKeys: request.detachKeys)
            let detached = relay.run()
            _ = consume raw
            if detached {
                try EngineError.explaining("container \(record.name)", doing: "the terminal cannot be kept") {
                    try TerminalDrain.start(master: master.raw)
                }
                return nil
            }
        }
        return try end(of: launched, record)
    }

    private func runOnPipes(
        _ request: ExecRequest, _ record: ContainerRecord, _ launch: Launch
    ) throws(EngineError) -> ExitStatus? {
        var relay = OutputRelay()
        let streams: ProcessStreams
        do throws(Errno) {
            streams = try ProcessStreams(request, relay: &relay)
        } catch {
            throw EngineError(error, "container \(record.name)", doing: "no pipes for exec")
        }
        let launched = try launch(streams.descriptors)
        // Our copies of the process's ends close here: the pipes end with the process.
        _ = consume streams
        relay.run(pidfd: launched.pidfd.raw)
        return try end(of: launched, record)
    }

    private func end(of process: borrowing LaunchedProcess, _ record: ContainerRecord) throws(EngineError) -> ExitStatus
    {
        do throws(RuntimeError) {
            return try process.wait()
        } catch {
            throw EngineError(error, container: record.name)
        }
    }

    /// The container's own process settings with what the request changes.
    private static func process(_ request: ExecRequest, in spec: ContainerSpec) -> ProcessSpec {
        var process = spec.process
        process.arguments = request.arguments
        for entry in request.environment {
            let name = Assignment(parsing: entry).name
            if name == entry {
                process.environment.removeAll { $0.hasPrefix("\(name)=") }
            } else {
                process.environment.append(entry)
            }
        }
        process.workingDirectory = request.workingDirectory ?? process.workingDirectory
        process.user = request.user ?? process.user
        process.terminal = request.terminal
        if request.privileged {
            process.capabilitiesAdded = ["ALL"]
            process.capabilitiesDropped = []
        }
        return process
    }
}

/// The process's ends of the pipes to and from the caller.
private struct ProcessStreams: ~Copyable {
    private let input: Descriptor?
    private let output: Descriptor?
    private let error: Descriptor?

    init(_ request: ExecRequest, relay: inout OutputRelay) throws(Errno) {
        let output = try relay.pipe(to: request.output)
        let error = try relay.pipe(to: request.error)
        let input: Descriptor? = if let source = request.input { try StreamRelay.feed(from: source) } else { nil }
        self.init(input: input, output: output, error: error)
    }

    private init(input: consuming Descriptor?, output: consuming Descriptor?, error: consuming Descriptor?) {
        self.input = input
        self.output = output
        self.error = error
    }

    /// Valid while this value lives.
    var descriptors: LaunchDescriptors {
        var descriptors = LaunchDescriptors()
        descriptors.standardInput = Self.number(input)
        descriptors.standardOutput = Self.number(output)
        descriptors.standardError = Self.number(error)
        return descriptors
    }

    private static func number(_ descriptor: borrowing Descriptor?) -> Int32? {
        switch descriptor {
        case .some(let descriptor): descriptor.raw
        case .none: nil
        }
    }
}
