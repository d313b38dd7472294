/// Splits a command line into words as docker compose does: quotes and backslashes, no expansion. An unquoted `;`,
/// `&`, `|`, `<` or `>` ends the command.
public struct ShellWords {
    private var words: [String] = []
    private var word = ""
    private var hasWord = false
    private var escaped = false
    private var single = false
    private var double = false
    private var backquoted = false
    private var parenthesized = false

    private init() {}

    /// The words of `line`, without their quotes.
    public static func split(_ line: String) throws(GrammarError) -> [String] {
        let wrong = "cannot be split into words: check quotes and parentheses"
        var splitter = ShellWords()
        for index in line.unicodeScalars.indices {
            guard let goesOn = splitter.take(line.unicodeScalars[index]) else {
                throw GrammarError(wrong, in: line, at: line.utf8.distance(from: line.startIndex, to: index))
            }
            if !goesOn { break }
        }
        if splitter.hasWord { splitter.words.append(splitter.word) }
        if splitter.escaped || splitter.isInside { throw GrammarError(wrong, in: line, at: line.utf8.count) }
        return splitter.words
    }

    private var isInside: Bool { single || double || backquoted || parenthesized }

    /// False at the command's end; nil for what cannot be.
    private mutating func take(_ character: Unicode.Scalar) -> Bool? {
        if escaped {
            append(character)
            escaped = false
            return true
        }
        switch character {
        case "\\":
            if single { word.unicodeScalars.append(character) } else { escaped = true }
            return true
        case " ", "\t", "\r", "\n":
            space(character)
            return true
        case "`":
            if !single, !double, !parenthesized { backquoted.toggle() }
        case ")":
            if !single, !double, !backquoted { parenthesized.toggle() }
        case "(":
            if !single, !double, !backquoted {
                guard !parenthesized, word.hasSuffix("$") else { return nil }
                parenthesized = true
                word += "("
                return true
            }
        case "\"":
            if !single, !parenthesized {
                if double { hasWord = true }
                double.toggle()
                return true
            }
        case "'":
            if !double, !parenthesized {
                if single { hasWord = true }
                single.toggle()
                return true
            }
        case ";", "&", "|", "<", ">":
            if !isInside {
                if character == ">", let first = word.unicodeScalars.first, ("0"..."9").contains(first) {
                    hasWord = false
                }
                return false
            }
        default: break
        }
        append(character)
        return true
    }

    private mutating func append(_ character: Unicode.Scalar) {
        word.unicodeScalars.append(character)
        hasWord = true
    }

    private mutating func space(_ character: Unicode.Scalar) {
        if isInside {
            word.unicodeScalars.append(character)
        } else if hasWord {
            words.append(word)
            word = ""
            hasWord = false
        }
    }
}
