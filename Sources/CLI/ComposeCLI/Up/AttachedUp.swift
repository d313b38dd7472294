internal import ComposeModel
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import Synchronization
internal import TerminalUI

/// An `up` that stays: it shows the services' output until all of them have ended, one of them ends the others, or the
/// user interrupts.
final class AttachedUp: Sendable {
    private struct State {
        var exits: [(service: String, code: Int32)] = []
        var interrupts = 0
        /// The container whose end ended the others.
        var aborted: (service: String, code: Int32)?
        var stopping = false
        /// Threads that stop or kill the containers.
        var endings = 0
    }

    private let context: CommandContext
    private let project: Project
    private let attached: Set<String>
    private let options: AttachOptionsValues
    private let timeout: Int?
    private let state = Mutex(State())
    private let wake = Semaphore()
    /// Open once nothing is being started any more: what is to end everything must not be overtaken by a start.
    private let startsAreOver = Semaphore()
    private let startCancellation = Mutex<Cancellation?>(nil)
    private let printer: LogPrinter
    private let logs = Mutex<LogSession?>(nil)
    private let menu = Mutex<UpMenu?>(nil)

    init(
        context: CommandContext, project: Project, services: [String], options: AttachOptions, timeout: Int?
    ) throws {
        self.context = context
        self.project = project
        self.options = AttachOptionsValues(options, context.environment)
        self.timeout = timeout
        for name in options.attach + options.noAttach where project.allServices[name] == nil {
            throw CommandError("no such service: \(name)")
        }
        let started = services.isEmpty || options.attachDependencies ? project.serviceNames : services
        // Who is named is shown, whatever the file says of it.
        let attached =
            options.attach.isEmpty
            ? started.filter { project.services[$0]?.attach ?? true } : options.attach
        self.attached = Set(attached).subtracting(options.noAttach)
        printer = LogPrinter(
            context.output, colours: !options.noColor && context.colours(on: context.output),
            prefixes: !options.noLogPrefix)
    }

    /// Makes and starts the containers. Returns what shows their output from now on; nil if that was only a trial.
    func begin(_ plan: Plan, _ interruption: Interruption) throws -> LogSession? {
        let begin = Instant.now()
        var logOptions = LogOptions()
        logOptions.attached = true
        let session = LogSession(
            engine: try context.engine(), printer: printer, output: context.output, options: logOptions,
            timestamps: options.timestamps, ended: { [weak self] in self?.ended($0, $1) },
            changed: { [wake] in wake.signal() })
        logs.withLock { $0 = session }
        let (creation, start) = plan.splitAtStart()
        try context.carryOut(creation, title: "Running", cancellation: interruption.cancellation)
        if context.root.dryRun {
            context.output.line("end of 'compose up' output, interactive run is not supported in dry-run mode")
            return nil
        }
        interruption.onInterrupt { [self] in interrupted($0) }
        context.output.whenClosed { [wake] in wake.signal() }
        let attached = attached
        startCancellation.withLock { $0 = interruption.cancellation }
        defer { startsAreOver.signal() }
        try announce()
        try session.followStarts(project: project.name, since: begin) { attached.contains($0.service) && !$0.isOneOff }
        do {
            try context.carryOut(
                start, title: "Running", cancellation: interruption.cancellation, silent: true, hookOutput: hookOutput)
        } catch {
            if !interruption.cancellation.isCancelled {
                session.cancellation.cancel()
                context.output.flush()
                throw error
            }
        }
        for container in try currentContainers() { session.follow(container, since: begin) }
        return session
    }

    /// Stays until the end, and returns the exit code.
    func stay(_ session: LogSession) throws -> Int32 {
        let watcher = options.watch ? try Watcher(context, project) : nil
        let menu = options.menu ? UpMenu(context, project) : nil
        self.menu.withLock { $0 = menu }
        defer { menu?.end() }
        if let menu {
            menu.start(watcher)
        } else if let watcher {
            let cancellation = session.cancellation
            try startThread(name: "watch") { [context] in
                do {
                    try watcher.run(cancellation)
                } catch {
                    RenderedError(error)?.print(on: context.errors, json: false, debug: context.root.debug)
                }
            }
        }
        waitForEnd(session)
        session.cancellation.cancel()
        context.output.flush()
        return exitCode
    }

    private func announce() throws {
        let names = try currentContainers().map { LogSession.label($0) }
        for container in try currentContainers() {
            printer.register(LogSession.label(container), service: container.service)
        }
        context.output.line("Attaching to \(names.joined(separator: ", "))")
        context.output.flush()
    }

    private func currentContainers() throws -> [Container] {
        let observed = try observe(projectNamed: project.name, engine: context.engine())
        return attached.sorted().flatMap { observed.containers(of: $0) }
    }

    /// Until no container is followed any more and nothing is being stopped; after a third interrupt without more ado.
    private func waitForEnd(_ session: LogSession) {
        while true {
            let (forced, busy, stopping) = state.withLock { ($0.interrupts > 2, $0.endings > 0, $0.stopping) }
            let count = stopping ? session.followedCount : session.activeCount
            if count == 0 && !busy || forced || context.output.failed { return }
            wake.wait()
        }
    }

    private var exitCode: Int32 {
        state.withLock { state in
            if state.interrupts > 0 { return 130 }
            guard let aborted = state.aborted else { return 0 }
            if let service = options.exitCodeFrom {
                return state.exits.first { $0.service == service }?.code ?? aborted.code
            }
            return aborted.code
        }
    }

    private func ended(_ container: Container, _ end: LogRunEnd) {
        let aborts = state.withLock { state in
            state.exits.append((container.service, end.exitCode))
            let abort = options.abortOnExit || (options.abortOnFailure && end.exitCode != 0)
            guard abort, !state.stopping, state.interrupts == 0 else { return false }
            state.aborted = (container.service, end.exitCode)
            state.stopping = true
            return true
        }
        if !aborts { return }
        menu.withLock { $0 }?.end()
        context.output.line("Aborting on container exit...")
        context.output.flush()
        startCancellation.withLock { $0 }?.cancel()
        inBackground("stop") { $0.stop() }
    }

    private func interrupted(_ count: Int) {
        let stopping = state.withLock { state in
            state.interrupts = count
            defer { state.stopping = true }
            return state.stopping
        }
        menu.withLock { $0 }?.end()
        if count == 1 && !stopping {
            context.output.line("Gracefully Stopping... press Ctrl+C again to force")
            context.output.flush()
            inBackground("stop") { $0.stop() }
        } else if count >= 2 {
            context.output.line("Killing...")
            context.output.flush()
            inBackground("kill") { $0.kill() }
        }
        wake.signal()
    }

    /// The command does not end before `work` has.
    private func inBackground(_ name: String, _ work: @escaping @Sendable (AttachedUp) -> Void) {
        state.withLock { $0.endings += 1 }
        let ended: @Sendable () -> Void = { [self] in
            state.withLock { $0.endings -= 1 }
            wake.signal()
        }
        do {
            try startThread(name: name) { [self] in
                startsAreOver.wait()
                startsAreOver.signal()
                work(self)
                ended()
            }
        } catch {
            ended()
        }
    }

    private func stop() {
        do {
            let observed = try observe(projectNamed: project.name, engine: context.engine())
            let scope = ProjectScope(project: project, observed: observed, named: Set(project.serviceNames))
            let plan = try LifecyclePlanner.stop(scope, observed, timeout: timeout)
            try context.carryOut(plan, title: "Stopping", amidOutput: true, hookOutput: hookOutput)
        } catch {
            RenderedError(error)?.print(
                on: context.errors, json: context.progressMode == .json, debug: context.root.debug)
        }
    }

    private func kill() {
        guard let engine = try? context.engine(),
            let observed = try? observe(projectNamed: project.name, engine: engine)
        else { return }
        for container in observed.containers where container.isRunning && !container.isOneOff {
            try? engine.killContainer(container.id, signal: "SIGKILL")
        }
    }

    /// A pipe whose lines are printed behind the container's name.
    private var hookOutput: @Sendable (String) -> Int32? {
        { [self] name in
            guard let container = try? context.engine().container(name), attached.contains(container.service),
                let pipe = try? Descriptor.pipe()
            else { return nil }
            let (reading, writing) = (pipe.read.take(), pipe.write.take())
            try? startThread(name: "hook") { [self] in
                let label = LogSession.label(container)
                printer.register(label, service: container.service)
                LineReader.lines(of: Descriptor(owning: reading)) { line in
                    printer.print(line, of: label, service: container.service)
                    context.output.flush()
                }
            }
            return writing
        }
    }
}

/// The parsed options as plain values that threads can share.
struct AttachOptionsValues: Sendable {
    var abortOnExit: Bool
    var abortOnFailure: Bool
    var exitCodeFrom: String?
    var timestamps: Bool
    var watch: Bool
    var menu: Bool

    init(_ options: AttachOptions, _ environment: [String: String]) {
        abortOnFailure = options.abortOnContainerFailure
        abortOnExit = options.abortOnContainerExit || (options.exitCodeFrom != nil && !options.abortOnContainerFailure)
        exitCodeFrom = options.exitCodeFrom
        timestamps = options.timestamps
        watch = options.watch
        menu = UpMenu.isWanted(options.menu, environment)
    }
}
