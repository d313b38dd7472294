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

    init(usage message: String) {
        self.init(message, hint: "see `compose --help`")
    }
}
