internal import Glibc

/// Questions to the user.
public enum Prompt {
    /// Asks for yes or no; at the end of the input `fallback` is the answer. What comes through a pipe counts like what is
    /// typed.
    public static func confirm(_ question: String, fallback: Bool, output: OutputWriter) -> Bool {
        output.write("\(question) [\(fallback ? "Yn" : "yN")] ")
        output.flush()
        let answer = readLine()
        if answer == nil {
            output.line("")
            output.flush()
        }
        switch answer?.lowercased() ?? "" {
        case "y", "yes": return true
        case "": return fallback
        default: return false
        }
    }

    /// Asks for a line that is not shown while it is typed. The terminal is as before afterwards; who
    /// catches interrupts sees to that then.
    public static func secret(_ question: String, output: OutputWriter) throws(PromptFailure) -> String {
        var settings = termios()
        guard tcgetattr(0, &settings) == 0 else { throw PromptFailure() }
        let original = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        settings.c_lflag |= tcflag_t(ECHONL)
        output.write(question)
        output.flush()
        tcsetattr(0, TCSAFLUSH, &settings)
        defer {
            var original = original
            tcsetattr(0, TCSAFLUSH, &original)
        }
        return readLine() ?? ""
    }
}

/// The standard input is no terminal.
public struct PromptFailure: Error, Sendable, CustomStringConvertible {
    public var description: String { "the standard input is not a terminal" }
}
