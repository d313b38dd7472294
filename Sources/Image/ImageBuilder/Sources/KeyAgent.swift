internal import EngineModel
internal import Glibc
internal import LinuxSystem
internal import Primitives
internal import StateStore
internal import Synchronization
internal import SystemPackage

/// An ssh agent of a build's own, with private keys of the user: `ssh-agent` in a private directory. It ends with the
/// value, or with this process however that ends: it lives as long as a pipe from here is open.
final class KeyAgent: Sendable {
    let socket: String
    private let process: ChildProcess
    /// The agent goes when it is closed.
    private let life: Mutex<Int32>

    /// Adds the keys, ends the agent when nobody is left who needs it, and cleans up. `$0` is the socket.
    private static let script = """
        ssh-add -q "$@" </dev/null && echo ready && cat >/dev/null
        code=$?
        ssh-agent -k >/dev/null 2>&1
        rm -f "$0"
        rmdir "${0%/*}"
        exit $code
        """

    /// Starts the agent.
    ///
    /// - Parameters:
    ///   - keys: paths of private keys; those with a passphrase are refused.
    ///   - directory: where its private directory is made.
    init(
        keys: [String], below directory: String, environment: [String: String], cancellation: Cancellation
    ) throws(EngineError) {
        var random = SystemRandomNumberGenerator()
        let subject = "ssh key \(keys.joined(separator: ", "))"
        let place = "\(directory)/ssh-\(String(UInt32(truncatingIfNeeded: random.next()), radix: 16))"
        socket = place + "/agent"
        var variables = environment.filter { ["PATH", "HOME", "USER", "LANG"].contains($0.key) }
        // Nobody is there to be asked for a passphrase.
        variables["SSH_ASKPASS_REQUIRE"] = "never"
        let program = HostProgram(name: "ssh-agent", environment: variables, cancellation: cancellation)
        do throws(Errno) {
            try Files.makeDirectories(directory)
            try systemCall { mkdir(place, 0o700) }
            let input = try Descriptor.pipe()
            let output = try Descriptor.pipe()
            let errors = try Descriptor.pipe()
            process = try program.start(
                ["-a", socket, "/bin/sh", "-c", Self.script, socket] + keys, input: .descriptor(input.read.raw),
                output: output.write.raw, errors: errors.write.raw, newSession: true)
            life = Mutex(input.write.take())
            close(output.write.take())
            close(errors.write.take())
            let pid = process.pid
            let token = cancellation.onCancel { kill(-pid, SIGTERM) }
            defer { cancellation.forget(token) }
            let isReady = (try? output.read.read(upTo: 64))?.isEmpty == false
            failure = isReady ? nil : Self.reason((try? errors.read.readAll(limit: 1 << 16)) ?? [])
        } catch {
            rmdir(place)
            guard error == .noSuchFileOrDirectory else {
                throw EngineError(.system, subject, "starting an agent for it: \(error.description)")
            }
            throw EngineError(
                .unavailable, subject, "the program ssh-agent is needed for private keys and is not installed",
                hint: "install it, or start an agent elsewhere and use ssh: default")
        }
        guard let failure else { return }
        end()
        if cancellation.isCancelled { throw EngineError(.cancelled, "build", "it was cancelled") }
        throw EngineError(
            .invalid, subject, "ssh-add: \(failure)",
            hint: "a key with a passphrase has to be added to an agent of yours; then use ssh: default")
    }

    deinit { end() }

    private let failure: String?

    private static func reason(_ bytes: [UInt8]) -> String {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        if lines.contains(where: { $0.contains("passphrase") }) { return "it has a passphrase" }
        return lines.last { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? "it failed"
    }

    private func end() {
        let descriptor = life.withLock { life in
            defer { life = -1 }
            return life
        }
        guard descriptor >= 0 else { return }
        close(descriptor)
        process.wait()
    }
}

/// The agents that a build has needed so far, by id. Any thread may use it.
final class KeyAgents: Sendable {
    private let access: SourceAccess
    private let agents = Mutex<[String: KeyAgent]>([:])
    private let work = WorkLock()

    init(_ access: SourceAccess) {
        self.access = access
    }

    /// The socket of what a build gives its programs: the user's agent, or one that is started now.
    func socket(of ssh: BuildSSH, cancellation: Cancellation) throws(EngineError) -> String {
        switch ssh.source {
        case .socket(let path): return path
        case .keys(let paths):
            return try work.locked { () throws(EngineError) in
                if let agent = agents.withLock({ $0[ssh.id] }) { return agent.socket }
                let agent = try KeyAgent(
                    keys: paths, below: access.layout.runRoot, environment: access.environment,
                    cancellation: cancellation)
                agents.withLock { $0[ssh.id] = agent }
                return agent.socket
            }
        }
    }
}
