/// An error of the command line itself, or one that a command words on its own.
struct CommandError: Error, Sendable, Equatable {
    var message: String
    /// What the user can do; empty when there is nothing to say.
    var hint = ""
    var exitCode: Int32 = 1

    init(_ message: String, hint: String = "", exitCode: Int32 = 1) {
        self.message = message
        self.hint = hint
        self.exitCode = exitCode
    }

    /// - Parameter path: the command whose help tells more, as ``CommandEntry/path``; empty is compose itself.
    init(usage message: String, of path: String = "") {
        self.init(message, hint: "see `compose \(path.isEmpty ? "" : path + " ")--help`")
    }
}
