/// `RUN [--mount=…] [--network=…] [--security=…] command`.
public struct RunInstruction: Sendable, Hashable {
    /// What is run.
    public enum Command: Sendable, Hashable {
        case exec([String])
        /// Text for the shell; for `RUN <<EOF` the heredoc's content, for `RUN cmd <<EOF` the line with its heredocs.
        case shell(String)
        /// `RUN <<NAME` whose content begins with `#!`: a file of this name and mode 0755 that is executed.
        case script(name: String, content: String)
    }

    /// `--network`.
    public enum Network: String, Sendable, Hashable, CaseIterable {
        case `default`
        case none
        case host
    }

    /// `--security`.
    public enum Security: String, Sendable, Hashable, CaseIterable {
        case sandbox
        /// Needs the entitlement `security.insecure`.
        case insecure
    }

    /// What is run.
    public var command: Command
    /// The texts of `--mount`, as written; ``mounts(expanding:)`` says what they mean.
    public var mountOptions: [String] = []
    /// Which network the step has.
    public var network: Network = .default
    /// Whether the step is confined.
    public var security: Security = .sandbox
    /// The texts of `--device`, as written.
    public var devices: [String] = []
    /// The instruction has a heredoc.
    public var hasHeredoc = false
}

/// `--mount=type=…` of RUN.
public struct RunMount: Sendable, Hashable {
    /// `type` of `--mount`.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case bind
        case cache
        case tmpfs
        case secret
        case ssh
    }

    /// `sharing` of a cache mount.
    public enum Sharing: String, Sendable, Hashable, CaseIterable {
        case shared
        case `private`
        case locked
    }

    /// What is mounted.
    public var kind: Kind = .bind
    /// A cache's, secret's or ssh agent's id; nil takes its default: the target of a cache, the target's last part of a
    /// secret, `default` for ssh.
    public var id: String?
    /// Where it is mounted; nil only for secret (`/run/secrets/ID`) and ssh (`/run/buildkit/ssh_agent.N`).
    public var target: String?
    /// A path in `from` (bind, cache); for a secret the same as its id.
    public var source: String?
    /// A stage, an image or a named context; nil is the build context for bind and nothing for cache.
    public var from: String?
    /// bind: true unless `rw`; others: false unless `ro`.
    public var readOnly = true
    /// Whether builds may use the cache at the same time.
    public var sharing: Sharing = .shared
    /// A missing secret or agent fails the build.
    public var required = false
    /// A secret's environment variable; with it and without a target there is no file.
    public var environment: String?
    /// Permission bits of what is made; nil is the kind's default.
    public var mode: UInt32?
    /// Owner of what is made; nil is 0.
    public var uid: UInt32?
    /// Group of what is made; nil is 0.
    public var gid: UInt32?
    /// Bytes, tmpfs only.
    public var size: Int64?
}
