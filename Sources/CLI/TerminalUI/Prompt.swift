internal import Glibc

/// Questions to the user.
public enum Prompt {
    /// Asks for yes or no; at the end of the input `fallback` is the answer.
    ///
    /// - Parameter needsTerminal: without a terminal as standard input nothing is read, and `fallback` is the answer.
    public static func confirm(
        _ question: String, fallback: Bool, needsTerminal: Bool = true, output: OutputWriter
    ) -> Bool {
        output.write("\(question) [\(fallback ? "Yn" : "yN")] ")
        output.flush()
        guard !needsTerminal || isatty(0) == 1 else {
            output.line("")
            output.flush()
            return fallback
        }
        switch readLine()?.lowercased() ?? "" {
        case "y", "yes": return true
        case "": return fallback
        default: return false
        }
    }
}
