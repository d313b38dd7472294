/// libyaml's complaints in words for somebody who writes a file by hand.
enum SyntaxError {
    /// - Parameters:
    ///   - problem: what libyaml met
    ///   - context: what it was reading
    ///   - character: the one it stopped at; nil at the end of the text
    static func text(_ problem: String, context: String, character: Unicode.Scalar?) -> String {
        if let text = token(problem, context: context, character: character) { return text }
        switch problem {
        case "mapping values are not allowed in this context":
            return "a \":\" cannot stand here: check the indentation, or put the value in quotes"
        case "block sequence entries are not allowed in this context":
            return "a list item cannot start here: put it on a line of its own"
        case "could not find expected ':'":
            return "a key without a \":\" after it"
        case "did not find expected key":
            return "expected a key here: check the indentation, and quotes in the line before"
        case "did not find expected '-' indicator":
            return "expected a list item here: all its \"-\" must stand below each other"
        case "did not find expected ',' or ']'": return "expected \",\" or \"]\" in the list that starts here"
        case "did not find expected ',' or '}'": return "expected \",\" or \"}\" in the mapping that starts here"
        case "found unexpected end of stream": return "the quote that opens here is never closed"
        case "found unknown escape character":
            return "unknown escape in double quotes: write \\\\ for a backslash, or use single quotes"
        case "did not find expected node content": return "a value is missing here"
        case "did not find expected <document start>": return "expected the end of the file, or ---, here"
        default: return context.isEmpty ? problem : "\(context): \(problem)"
        }
    }

    private static func token(_ problem: String, context: String, character: Unicode.Scalar?) -> String? {
        guard problem == "found character that cannot start any token" || problem.contains("tab character") else {
            return nil
        }
        if character == "\t" { return "a tab cannot be used for indentation: use spaces" }
        guard let character else { return nil }
        return "a value cannot start with \"\(character)\": put it in quotes"
    }

    /// Whether what began the context is to blame, not the place where reading stopped.
    static func concernsStart(_ problem: String, context: String) -> Bool {
        problem == "found unexpected end of stream" || problem == "could not find expected ':'"
            || problem.hasPrefix("did not find expected ',' or")
    }
}
