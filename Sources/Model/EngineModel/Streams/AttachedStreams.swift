public import Primitives

/// Streams of the caller that a started container's are joined to.
///
/// The descriptors stay the caller's. Output still goes to the log. The call that starts the container returns after
/// the start; `waitForExit` returns after all output was delivered.
public struct AttachedStreams: Sendable {
    /// nil: the container's standard input is empty, or kept open with `openStdin`.
    public var input: Int32?
    /// nil discards standard output here; with a terminal it is all output.
    public var output: Int32?
    /// nil discards standard error here; nothing comes with a terminal.
    public var error: Int32?
    /// With a terminal: keys that are not passed on, but let go of the container. nil passes everything on.
    public var detachKeys: DetachKeys?
    /// Called, on any thread, once these keys were typed; what was typed before them has been passed on.
    public var detached: @Sendable () -> Void = {}

    public init(input: Int32?, output: Int32?, error: Int32?) {
        self.input = input
        self.output = output
        self.error = error
    }
}

/// A program to run in a running container. The descriptors stay the caller's.
public struct ExecRequest: Sendable {
    /// The program and its arguments; never empty.
    public var arguments: [String]
    /// Added to the container's own.
    public var environment: [String] = []
    /// Absolute path inside the container; nil is the container's own.
    public var workingDirectory: String?
    /// `user`, `uid`, `user:group` or `uid:gid`; nil is the container's own.
    public var user: String?
    /// With all capabilities, whatever the container has.
    public var privileged = false
    /// A pseudo terminal whose size follows that of `input`; `input` is put into raw mode for the time.
    public var terminal = false
    /// Returns after the start, without an exit code; the program's streams are `/dev/null`.
    public var detach = false
    /// Standard input; nil is empty.
    public var input: Int32?
    /// Standard output, with a terminal all output; nil discards it.
    public var output: Int32?
    /// Standard error, not used with a terminal; nil discards it.
    public var error: Int32?
    /// With ``terminal``: keys that are not passed on, but let go of the program, which goes on.
    public var detachKeys: DetachKeys?

    public init(arguments: [String]) {
        self.arguments = arguments
    }
}
