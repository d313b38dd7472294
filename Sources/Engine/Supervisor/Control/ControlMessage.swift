internal import EngineModel

/// What a client asks of a project's supervisor: one packet of JSON, one call per connection.
enum ControlRequest: Codable, Sendable, Hashable {
    /// Answered with `.ready`. Stays understood by all versions.
    case ping
    /// Starts a container. With `input` the reply carries the descriptor to write its standard input to.
    case start(container: String, input: Bool)
    /// `timeout` in seconds, nil: the container's own, -1: for ever.
    case stop(container: String, timeout: Int?)
    case restart(container: String, timeout: Int?)
    case kill(container: String, signal: Int32)
    case pause(container: String)
    case unpause(container: String)
    /// Pauses a running container. Answered with a descriptor: once it is closed everywhere the container goes on,
    /// unless it did before.
    case hold(container: String)
    /// Answered once the container does not run, will not be restarted, and all its output is in its log.
    case wait(container: String)
    /// Answered with the place where its log ends now, and the descriptor of its standard input if it has one.
    case attach(container: String)
    /// Gives a running container one more network.
    case connect(container: String, attachment: NetworkAttachment)
    /// Takes a running container out of the network of this name.
    case disconnect(container: String, network: String)
    /// Names and published ports of one container lead to another one from now on, which runs and is on standby.
    case handOverWork(from: String, to: String)
    /// Drops what is known of a container that is being removed.
    case forget(container: String)
    /// Reads the names that containers are found by again: another project changed a shared network.
    case refreshNames
    /// Puts right what the running containers have of the host's networks.
    case mendNetworks
    /// Ends the supervisor if no container runs or will; answered after it has cleaned up.
    case leaveIfIdle
    /// Ends the supervisor and leaves keeper and containers to the next one (a newer program takes over).
    case handOver
}

extension ControlRequest {
    /// Whether this failure of a request that was made once before says that it was carried out then, by a supervisor
    /// that died before it answered.
    func wasCarriedOut(_ failure: EngineError) -> Bool {
        switch self {
        case .kill: failure.code == .notRunning
        case .pause, .unpause, .connect: failure.code == .conflict
        case .disconnect: failure.code == .notFound
        case .ping, .start, .stop, .restart, .hold, .wait, .attach, .handOverWork, .forget, .refreshNames,
            .mendNetworks,
            .leaveIfIdle, .handOver:
            false
        }
    }
}

/// The answer to a ``ControlRequest``.
enum ControlReply: Codable, Sendable, Hashable {
    case done
    case ready(version: Int, process: Int32)
    /// Joined to a container: the log directory, and the position in it from which its output is to be passed on.
    case attached(log: String, position: LogPosition)
    case exited(code: Int32)
    case failed(ControlFailure)
}

/// A request with the version of the program that sends it.
struct ControlEnvelope: Codable, Sendable {
    /// Raised when a request or a stored record changes its meaning.
    static let currentVersion = 1

    var version: Int
    var request: ControlRequest
}

/// ``EngineError`` as it crosses the socket.
struct ControlFailure: Codable, Sendable, Hashable {
    var code: EngineError.Code
    var subject: String
    var reason: String
    var hint: String
    var exitCode: Int32?
    /// nil from a supervisor of a version before.
    var causes: [String]?

    init(_ error: EngineError) {
        code = error.code
        subject = error.subject
        reason = error.reason
        hint = error.hint
        exitCode = error.exitCode
        causes = error.causes
    }

    var error: EngineError {
        var error = EngineError(code, subject, reason, hint: hint, exitCode: exitCode)
        error.causes = causes ?? []
        return error
    }
}
