/// Ends the command with a code and without a message: everything was said already.
struct ExitCode: Error, Sendable, Equatable {
    var code: Int32

    init(_ code: Int32) {
        self.code = code
    }

    static let interrupted = ExitCode(130)
}
