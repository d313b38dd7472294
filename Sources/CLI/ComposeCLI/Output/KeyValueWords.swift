internal import Primitives

/// `NAME=VALUE` words of options such as `--label` and `--opt`.
enum KeyValueWords {
    /// Without a value it is empty, as with docker's labels.
    static func labels(_ words: [String]) -> [String: String] {
        var result: [String: String] = [:]
        for word in words {
            let pair = Assignment(parsing: word)
            result[pair.name] = pair.value ?? ""
        }
        return result
    }

    /// Fails for a word without a value.
    static func options(_ words: [String], of option: String) throws(CommandError) -> [String: String] {
        for word in words where Assignment(parsing: word).value == nil {
            throw CommandError("invalid argument \"\(word)\" for \"\(option)\" flag: it is NAME=VALUE")
        }
        return labels(words)
    }
}
