internal import Glibc

/// Questions to the user.
public enum Prompt {
    /// Asks for yes or no. Without a terminal as standard input the question is printed and `fallback` is the answer.
    public static func confirm(_ question: String, fallback: Bool, output: OutputWriter) -> Bool {
        output.write("\(question) [\(fallback ? "Yn" : "yN")] ")
        output.flush()
        guard isatty(0) == 1 else {
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
