/// How many arguments a command takes, and in which of docker's words it says that.
enum ArgumentCount: Equatable {
    /// Whatever the declaration says.
    case any
    /// `unknown command "x" for "compose ls"`.
    case none
    /// `requires at least 2 arg(s), only received 1`. Docker compose ignores what is too many; here that is an error.
    case atLeast(Int, atMost: Int = .max)
    /// `accepts between 1 and 2 arg(s), received 3`.
    case between(Int, Int)
    /// `accepts at most 1 arg(s), received 2`.
    case atMost(Int)
    /// `'compose cp' requires 2 arguments`, with the usage.
    case exactly(Int)
    /// `'compose wait' requires at least 1 argument`, with the usage.
    case some

    /// What is wrong with `arguments`; nil if nothing is.
    func mistake(in arguments: [String], of entry: CommandEntry) throws -> String? {
        let count = arguments.count
        switch self {
        case .any: return nil
        case .none:
            return arguments.first.map { "unknown command \"\($0)\" for \"compose \(entry.path)\"" }
        case .atLeast(let least, let most):
            if count < least { return "requires at least \(least) arg(s), only received \(count)" }
            return count > most ? "accepts at most \(most) arg(s), received \(count)" : nil
        case .between(let least, let most):
            return (least...most).contains(count)
                ? nil : "accepts between \(least) and \(most) arg(s), received \(count)"
        case .atMost(let most): return count > most ? "accepts at most \(most) arg(s), received \(count)" : nil
        case .exactly(let wanted):
            if count == wanted { return nil }
            return "'compose \(entry.path)' requires \(wanted) argument\(wanted == 1 ? "" : "s")"
                + (try Self.usage(of: entry))
        case .some:
            return count > 0
                ? nil : "'compose \(entry.path)' requires at least 1 argument" + (try Self.usage(of: entry))
        }
    }

    private static func usage(of entry: CommandEntry) throws -> String { "\n\n" + (try HelpPage().usage(entry)) }
}
