internal import Glibc
public import SystemPackage

/// How a program of this host is started: found in `PATH`, with this environment and nothing of ours but the streams that
/// are named here. Signals are not blocked and have their usual effect (posix_spawn(3)).
public struct ProgramLaunch: Sendable {
    public enum Input: Sendable {
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

    public var input = Input.nothing
    /// nil: the caller's.
    public var output: Int32?
    /// nil: the caller's.
    public var errors: Int32?
    public var group = Group.callers
    private let name: String
    private let environment: [String: String]

    public init(_ name: String, environment: [String: String]) {
        self.name = name
        self.environment = environment
    }

    /// Starts it; the caller waits for the process that is returned.
    ///
    /// - Throws: ENOENT when there is no such program in `PATH`.
    public func start(_ arguments: [String]) throws(Errno) -> Int32 {
        var words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in words + variables { free(string) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        switch input {
        case .descriptor(let raw): posix_spawn_file_actions_adddup2(&actions, raw, 0)
        case .nothing: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors, 2) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setAttributes(&attributes)
        var process: pid_t = 0
        var failure = ENOENT
        for directory in (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
            let path = "\(directory)/\(name)"
            guard access(path, X_OK) == 0 else { continue }
            failure = posix_spawn(&process, path, &actions, &attributes, &words, &variables)
            if failure == 0 { return process }
        }
        throw Errno(rawValue: failure)
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
            // A session has a process group, too (POSIX_SPAWN_SETSID of glibc).
            case .session: 0x80
            }
        posix_spawnattr_setflags(
            &attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | group))
    }
}
