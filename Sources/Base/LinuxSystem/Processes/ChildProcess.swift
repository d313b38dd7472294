internal import Glibc
public import SystemPackage

/// A program that was started from here. Somebody has to wait for it.
public struct ChildProcess: ~Copyable, Sendable {
    /// Its process id, which stays its own until ``wait()`` has returned.
    public let pid: Int32

    init(pid: Int32) {
        self.pid = pid
    }

    /// Blocks until it has ended, and reaps it. Once.
    ///
    /// - Returns: its exit code; 128 + n when signal n ended it.
    @discardableResult
    public borrowing func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }
}

/// How a program of this host is started: with this environment, and with nothing of ours but the descriptors that are
/// named here. Signals are not blocked and have their usual effect (posix_spawn(3)).
public struct ProgramLaunch: Sendable {
    /// What a stream of the program is.
    public enum Stream: Sendable {
        /// The caller's own.
        case inherited
        case descriptor(Int32)
        /// `/dev/null`.
        case nothing
    }

    /// Where signals of the terminal and kill(2) on a group find it.
    public enum Group: Sendable {
        /// With the caller.
        case callers
        case own
        /// Without a terminal that it could ask at.
        case session
    }

    /// Standard input.
    public var input = Stream.nothing
    /// Standard output.
    public var output = Stream.inherited
    /// Standard error.
    public var errors = Stream.inherited
    /// More descriptors: their numbers in the program, from 3 on, and ours.
    public var descriptors: [(number: Int32, ours: Int32)] = []
    /// Its process group, or session.
    public var group = Group.callers
    private let name: String
    private let path: String?
    private let environment: [String: String]

    /// A program that is looked for in `PATH` of its environment.
    public init(_ name: String, environment: [String: String]) {
        self.name = name
        path = nil
        self.environment = environment
    }

    /// - Parameters:
    ///   - path: the program's file.
    ///   - name: what it is told that it is called.
    public init(path: String, name: String, environment: [String: String]) {
        self.name = name
        self.path = path
        self.environment = environment
    }

    /// Starts it.
    ///
    /// - Throws: ENOENT when there is no such program.
    public func start(_ arguments: [String]) throws(Errno) -> ChildProcess {
        var words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in words + variables { free(string) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in [input, output, errors].enumerated() { add(stream, Int32(number), to: &actions) }
        for (number, ours) in descriptors { posix_spawn_file_actions_adddup2(&actions, ours, number) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setAttributes(&attributes)
        var process: pid_t = 0
        var failure = ENOENT
        for file in files {
            failure = posix_spawn(&process, file, &actions, &attributes, &words, &variables)
            if failure == 0 { return ChildProcess(pid: process) }
        }
        throw Errno(rawValue: failure)
    }

    /// Where it may be.
    private var files: [String] {
        if let path { return [path] }
        let directories = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return directories.map { "\($0)/\(name)" }.filter { access($0, X_OK) == 0 }
    }

    private func add(_ stream: Stream, _ number: Int32, to actions: inout posix_spawn_file_actions_t) {
        switch stream {
        case .inherited: break
        case .descriptor(let ours): posix_spawn_file_actions_adddup2(&actions, ours, number)
        case .nothing: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
        }
    }

    private func setAttributes(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let group: Int32 =
            switch self.group {
            case .callers: 0
            case .own: Int32(POSIX_SPAWN_SETPGROUP)
            // A session has a process group, too.
            case .session: POSIX_SPAWN_SETSID
            }
        posix_spawnattr_setflags(
            &attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | group))
    }
}
