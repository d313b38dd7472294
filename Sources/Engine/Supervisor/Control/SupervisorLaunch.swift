internal import CLinux
internal import Engine
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Finds a project's supervisor or starts it, so that there is never a second one.
///
/// Who finds nobody listening takes the project's lock, looks again, and only then starts one. A supervisor leaves
/// under the same lock.
struct SupervisorLaunch {
    private let client: SupervisorClient
    /// Longest wait for the lock, and for a new supervisor to become ready.
    private static let patience: Int64 = 30_000_000_000

    init(_ client: SupervisorClient) {
        self.client = client
    }

    /// A connection to the running supervisor; nil if none runs.
    func connect() throws(EngineError) -> Descriptor? {
        do throws(Errno) {
            return try ControlSocket.connect(directory: client.directories.project(client.project))
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .connectionRefused, .connectionReset, .brokenPipe: return nil
            default: throw failure(error, "cannot connect to the project's supervisor")
            }
        }
    }

    func connectOrStart() throws(EngineError) -> Descriptor {
        if let socket = try connect() { return socket }
        do throws(Errno) {
            try Files.makeDirectories(client.directories.run + "/projects")
        } catch {
            throw failure(error, "cannot make \(client.directories.run)/projects")
        }
        let lock: ProjectLock?
        do throws(Errno) {
            lock = try ProjectLock.acquire(
                client.directories.projectLock(client.project), deadline: monotonicNanoseconds() + Self.patience)
        } catch {
            throw failure(error, "cannot lock the project")
        }
        guard lock != nil else {
            throw EngineError(
                .timedOut, "project \(client.project)", "another command has been starting its supervisor for too long")
        }
        if let socket = try connect() { return socket }
        try start()
        guard let socket = try connect() else {
            throw EngineError(
                .unavailable, "project \(client.project)", "the project's supervisor ended at once",
                hint: "see \(client.directories.supervisorLog(client.project))")
        }
        return socket
    }

    /// Starts the supervisor and waits until it listens.
    private func start() throws(EngineError) {
        var pipe: Pipe
        do throws(Errno) {
            pipe = try Descriptor.pipe()
            try spawn(ready: pipe.write)
        } catch {
            throw failure(error, "cannot start the project's supervisor")
        }
        pipe.write = Descriptor(owning: -1)
        var watched = pollfd(fd: pipe.read.raw, events: Int16(POLLIN), revents: 0)
        while poll(&watched, 1, Int32(Self.patience / 1_000_000)) < 0 && errno == EINTR {}
        let answer = watched.revents == 0 ? [] : (try? pipe.read.readAll(limit: 4096)) ?? []
        if answer == SupervisorReadiness.ready { return }
        let reason = String(decoding: answer, as: UTF8.self)
        throw EngineError(
            .unavailable, "project \(client.project)",
            reason.isEmpty ? "the project's supervisor did not become ready" : reason,
            hint: "see \(client.directories.supervisorLog(client.project))")
    }

    /// The spawned process forks the supervisor and ends, so the supervisor is no child of ours.
    private func spawn(ready: borrowing Descriptor) throws(Errno) {
        let strings = [
            "compose", SupervisorArguments.command, "--project", client.project,
            "--data-root", client.directories.data, "--run-root", client.directories.run,
        ]
        var arguments = strings.map { strdup($0) } + [nil]
        var environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"].map { strdup($0) } + [nil]
        defer { for string in arguments + environment { free(string) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in 0...2 as ClosedRange<Int32> {
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, ready.raw, SupervisorReadiness.descriptor)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var process: pid_t = 0
        let code = posix_spawn(&process, Self.executable, &actions, &attributes, &arguments, &environment)
        if code != 0 { throw Errno(rawValue: code) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }

    /// This program itself. Tests run another one than the product and name that.
    private static var executable: String {
        guard let override = getenv("COMPOSE_SUPERVISOR_EXECUTABLE") else { return "/proc/self/exe" }
        return String(cString: override)
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
