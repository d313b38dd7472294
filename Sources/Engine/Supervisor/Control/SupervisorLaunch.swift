internal import CLinux
internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import StateStore
internal import SystemPackage

/// Finds a project's supervisor or starts it, so that there is never a second one.
///
/// Who finds nobody listening takes the project's lock, looks again, and only then starts one. A supervisor leaves
/// under the same lock.
struct SupervisorLaunch {
    private let client: SupervisorClient
    /// Longest wait for the lock, and for a new supervisor to become ready.
    private static let patience: Int64 = 30_000_000_000
    /// Nanoseconds that a supervisor which takes over may need until it listens.
    private static let listenPatience: Int64 = 10_000_000_000

    init(_ client: SupervisorClient) {
        self.client = client
    }

    /// A connection to the running supervisor; nil if none runs.
    func connect() throws(EngineError) -> Descriptor? {
        do throws(Errno) {
            return try ControlSocket.connect(directory: client.layout.project(client.project))
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .connectionRefused, .connectionReset, .brokenPipe: return nil
            case .wouldBlock: throw SupervisorPulse(project: client.project, layout: client.layout).silence()
            default: throw failure(error, "cannot connect to the project's supervisor")
            }
        }
    }

    func connectOrStart() throws(EngineError) -> Descriptor {
        if let socket = try connect() { return socket }
        do throws(Errno) {
            try Files.makeDirectories(client.layout.runRoot + "/projects")
        } catch {
            throw failure(error, "cannot make \(client.layout.runRoot)/projects")
        }
        let lock: FileLock?
        do throws(Errno) {
            lock = try FileLock(
                client.layout.projectLock(client.project), deadline: monotonicNanoseconds() + Self.patience)
        } catch {
            throw failure(error, "cannot lock the project")
        }
        guard let lock else {
            throw EngineError(
                .timedOut, "project \(client.project)", "another command has been starting its supervisor for too long")
        }
        defer { lock.unlock() }
        if let socket = try connect() { return socket }
        // One that lives and does not listen yet has just taken over, and is not joined by a second one.
        if let socket = try waitForHolder() { return socket }
        try start()
        if let socket = try connect() { return socket }
        if let socket = try waitForHolder() { return socket }
        throw EngineError(
            .unavailable, "project \(client.project)", "the project's supervisor ended at once",
            hint: "see \(client.layout.supervisorLog(client.project))")
    }

    /// A connection to the process that is the project's supervisor, which does not listen at the moment; nil if there
    /// is no such process. One that does not listen soon is an error.
    private func waitForHolder() throws(EngineError) -> Descriptor? {
        let pulse = SupervisorPulse(project: client.project, layout: client.layout)
        var socket: Descriptor?
        var holder = pulse.process
        if holder == nil { return nil }
        var waitsSince = monotonicNanoseconds()
        try Polling.wait(
            every: 5_000_000, upTo: 100_000_000, deadline: waitsSince + Self.patience,
            because: "nobody tells when another process begins to listen"
        ) { () throws(EngineError) in
            socket = try connect()
            if socket != nil { return true }
            let present = pulse.process
            // Another one has just taken over, for the last one was killed: its time begins now.
            if present != holder { waitsSince = monotonicNanoseconds() }
            holder = present
            return holder == nil || monotonicNanoseconds() - waitsSince > Self.listenPatience
        }
        if let socket { return socket }
        guard let holder else { return try connect() }
        throw EngineError(
            .unavailable, "project \(client.project)", "process \(holder) is its supervisor, but does not listen",
            hint: "`kill -KILL \(holder)`: the containers go on, and the next command starts another one")
    }

    /// Starts the supervisor and waits until it listens.
    private func start() throws(EngineError) {
        let answer: [UInt8]
        do throws(Errno) {
            answer = try Self.answer(from: try spawn())
        } catch {
            throw failure(error, "cannot start the project's supervisor")
        }
        if answer == SupervisorReadiness.ready { return }
        let reason = String(decoding: answer.prefix { $0 != 0x0a }, as: UTF8.self)
        throw EngineError(
            .unavailable, "project \(client.project)",
            reason.isEmpty ? "the project's supervisor did not become ready" : reason,
            hint: "see \(client.layout.supervisorLog(client.project))")
    }

    private static func answer(from ready: consuming Descriptor) throws(Errno) -> [UInt8] {
        // Not to the end: others may hold the pipe too.
        try ready.isReadable(until: monotonicNanoseconds() + patience) ? try ready.read(upTo: 4096) : []
    }

    /// The spawned process forks the supervisor and ends, so the supervisor is no child of ours.
    ///
    /// - Returns: the end of a pipe from which it tells when it is ready.
    private func spawn() throws(Errno) -> Descriptor {
        let ready = try Descriptor.pipe()
        let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        var launch = ProgramLaunch(path: SupervisorProgram.path, name: "compose", environment: ["PATH": path])
        launch.output = .nothing
        launch.errors = .nothing
        launch.descriptors = [(number: SupervisorReadiness.descriptor, ours: ready.write.raw)]
        let child = try launch.start([
            SupervisorArguments.command, "--project", client.project,
            "--data-root", client.layout.dataRoot, "--run-root", client.layout.runRoot,
        ])
        child.wait()
        return ready.read
    }

    private func failure(_ error: Errno, _ what: String) -> EngineError {
        let code: EngineError.Code = error == .permissionDenied || error == .notPermitted ? .permission : .unavailable
        return EngineError(code, "project \(client.project)", "\(what): \(error)")
    }
}

/// How a new supervisor tells its starter that it listens, or why it cannot.
enum SupervisorReadiness {
    /// Number of the pipe's write end in the new process.
    static let descriptor: Int32 = 3
    static let ready = Array("ready\n".utf8)
}
