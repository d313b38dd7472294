internal import CLinux
internal import ContainerNetwork
internal import ContainerRuntime
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Synchronization
internal import SystemPackage

/// The life of a supervisor process: everything `compose __supervisor …` does. Call it first of all in `main`, before
/// the process has threads.
///
/// - Parameter arguments: the command line without the program's name.
/// - Returns: the exit status.
public func supervisorMain(arguments: [String]) -> Int32 {
    guard let parsed = SupervisorArguments(arguments) else { return 64 }
    if parsed.lock == nil {
        // Its starter waits for this process, and the supervisor is its child: so it has no parent that would have to
        // reap. One that begins again is that already, and a child would not have its lock.
        let child = clinux_fork()
        if child != 0 { return child < 0 ? 71 : 0 }
    }
    return onFreshThread { serve(parsed) }
}

/// Runs `body` on a thread of its own, which this one only waits for.
///
/// The Swift runtime's locks (futex(2), FUTEX_LOCK_PI) know a thread by its number, which each keeps from its first lock
/// on. The thread that a process is forked with keeps that of its parent's: whoever met it at a lock would wait for ever.
package func onFreshThread(_ body: @escaping @Sendable () -> Int32) -> Int32 {
    final class Outcome: Sendable {
        let status = Atomic<Int32>(71)
        let end = Semaphore()
    }
    let outcome = Outcome()
    do throws(Errno) {
        try startThread(name: "supervisor", stackSize: 8 << 20) {
            outcome.status.store(body(), ordering: .releasing)
            outcome.end.signal()
        }
        outcome.end.wait()
    } catch {
        // Without a thread it cannot serve either.
    }
    return outcome.status.load(ordering: .acquiring)
}

private func serve(_ parsed: SupervisorArguments) -> Int32 {
    let readiness = Readiness(isStarted: parsed.lock == nil)
    SupervisorProcess.detach(keeping: parsed.lock)
    do throws(EngineError) {
        try SupervisorProcess(parsed).run(readiness)
        return 0
    } catch {
        readiness.report("\(error)")
        return 1
    }
}

/// The pipe to the starter: told once that we listen, or why not. Its number is held from the beginning, so that no
/// other file can get it and be taken for the pipe.
private final class Readiness: Sendable {
    private let pipe: Mutex<Int32?>

    /// - Parameter isStarted: false for one that begins again, for which nobody waits.
    init(isStarted: Bool) {
        let descriptor = SupervisorReadiness.descriptor
        pipe = Mutex(isStarted && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 ? descriptor : nil)
    }

    func ready() { send(SupervisorReadiness.ready) }

    func report(_ reason: String) { send(Array((reason + "\n").utf8)) }

    private func send(_ bytes: [UInt8]) {
        let taken = pipe.withLock { pipe in
            defer { pipe = nil }
            return pipe
        }
        guard let taken else { return }
        let descriptor = Descriptor(owning: taken)
        try? descriptor.writeAll(bytes)
    }
}

private struct SupervisorProcess {
    let arguments: SupervisorArguments
    private var layout: DataLayout { arguments.layout }
    private var directory: String { layout.project(arguments.project) }
    /// How long an earlier supervisor may take to leave.
    private static let patience: Int64 = 5_000_000_000

    init(_ arguments: SupervisorArguments) {
        self.arguments = arguments
    }

    /// Keeps nothing of the caller: terminal, directory, descriptors, session, core dumps of what it will know.
    ///
    /// - Parameter lock: stays open. Closing any descriptor of its file would let go of it.
    static func detach(keeping lock: Int32?) {
        setsid()
        chdir("/")
        umask(0o077)
        clinux_ignore_sigpipe()
        let first = UInt32(SupervisorReadiness.descriptor + 1)
        if let lock {
            let number = UInt32(lock)
            if number > first { clinux_close_range(first, number - 1, 0) }
            clinux_close_range(max(first, number + 1), .max, 0)
        } else {
            clinux_close_range(first, .max, 0)
        }
        clinux_limit_malloc_arenas()
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        OpenFiles.raiseLimit()
    }

    /// Begins again: a process that may fork a keeper has to be fresh. Nobody else gets the lock in between.
    private func becomeSuccessor(_ lock: borrowing ProcessLock) throws(EngineError) {
        do throws(Errno) {
            try lock.keepOverExec()
            let words = ["compose"] + arguments.successor(lock: lock.raw)
            var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
            try systemCall { execv("/proc/self/exe", &pointers) }
        } catch {
            throw EngineError(error, "project \(arguments.project)", doing: "its supervisor cannot begin again")
        }
    }

    /// Returns when the supervisor has nothing left to do, and not at all if it begins again.
    func run(_ readiness: Readiness) throws(EngineError) {
        try makeDirectory()
        let troubles = TroubleLog(path: layout.supervisorLog(arguments.project))
        guard let lock = try lock() else {
            // Somebody else was faster: that one serves.
            readiness.ready()
            return
        }
        defer { withExtendedLifetime(lock) {} }
        do throws(EngineError) {
            let supervisor = try begin(troubles)
            readiness.ready()
            supervisor.context.loop.run()
            if LoopActor.sync({ supervisor.needsSuccessor }) { try becomeSuccessor(lock) }
        } catch {
            troubles.write("\(error)")
            throw error
        }
    }

    private func makeDirectory() throws(EngineError) {
        do throws(Errno) {
            try Files.makeDirectories(layout.runRoot)
            try Files.makeDirectories(directory)
        } catch {
            throw EngineError(error, directory, doing: "the directory cannot be made")
        }
    }

    /// Held for the process's whole life, so that a project never has two supervisors; nil if another one stays.
    private func lock() throws(EngineError) -> ProcessLock? {
        let path = layout.supervisorLock(arguments.project)
        if let inherited = arguments.lock, let lock = ProcessLock(inherited: inherited), lock.isNamed(path) {
            return lock
        }
        let deadline = monotonicNanoseconds() + Self.patience
        do throws(Errno) {
            var lock: ProcessLock?
            try Polling.wait(
                every: 5_000_000, deadline: deadline,
                because: "waiting for it takes a thread, and the keeper is not forked yet"
            ) { () throws(Errno) in
                lock = try ProcessLock(ifFree: path)
                return lock != nil
            }
            return lock
        } catch {
            throw EngineError(error, directory, doing: "the supervisor's lock cannot be taken")
        }
    }

    private func begin(_ troubles: TroubleLog) throws(EngineError) -> ProjectSupervisor {
        // With the keeper, which is forked from this process. Its containers have groups of their own.
        ContainerRuntime.leaveControlGroups()
        // The fork comes before anything makes a thread or much memory.
        let keeper = try EngineError.explaining("project \(arguments.project)") {
            if let keeper = try Keeper.connect(runDirectory: directory) { return keeper }
            return try Keeper.fork(runDirectory: directory)
        }
        let environment = try EngineError.explaining("project \(arguments.project)") { try RuntimeEnvironment.detect() }
        let store = try StateStore(layout)
        let (loop, stack) = try loopAndNetworks()
        let context = SupervisorContext(
            project: arguments.project, store: store, loop: loop, keeper: keeper, environment: environment,
            stack: stack, troubles: troubles)
        let project = arguments.project
        context.workers.run {
            context.attempting("clear up after commands that were killed") {
                try Reconciliation(store, supervising: project).run()
            }
        }
        // This thread is the loop's; nothing is handled yet.
        let supervisor = try LoopActor.sync { () throws(EngineError) in
            let supervisor = ProjectSupervisor(context)
            try adopt(supervisor)
            return supervisor
        }
        // Who is served finds the record as it is: the ends that were found are written down.
        Polling.wait(
            every: 1_000_000, upTo: 20_000_000, deadline: monotonicNanoseconds() + Self.patience,
            because: "what cannot be recorded in time is not waited for: workers tell no deadline"
        ) { context.workers.isIdle }
        try LoopActor.sync { () throws(EngineError) in try listen(supervisor) }
        return supervisor
    }

    /// Finds what runs.
    @LoopActor
    private func adopt(_ supervisor: ProjectSupervisor) throws(EngineError) {
        let context = supervisor.context
        let adoption = try EngineError.explaining("project \(context.project)") {
            try context.keeper.watchExits(on: context.loop) { record in supervisor.ended(record) }
            return try Adoption(supervisor)
        }
        try adoption.run()
    }

    @LoopActor
    private func listen(_ supervisor: ProjectSupervisor) throws(EngineError) {
        do throws(Errno) {
            try supervisor.listen()
        } catch {
            throw EngineError(error, directory, doing: "the control socket cannot be made")
        }
    }

    private func loopAndNetworks() throws(EngineError) -> (EventLoop, NetworkStack) {
        let loop: EventLoop
        do throws(Errno) {
            loop = try EventLoop()
        } catch {
            throw EngineError(error, "supervisor", doing: "the event loop cannot be made")
        }
        do throws(NetworkError) {
            return (loop, try NetworkStack(runRoot: layout.runRoot, loop: loop))
        } catch {
            throw EngineError(error, "network host")
        }
    }
}
