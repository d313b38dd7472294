/// Replaces the variables of a word and takes away its quotes and escapes.
public struct WordExpansion: Sendable {
    private let escape: EscapeCharacter

    public init(escape: EscapeCharacter) {
        self.escape = escape
    }

    /// One string, whatever white space is in it: how all instructions but EXPOSE read their arguments.
    ///
    /// - Parameter undefined: gets the names that are not set and have no replacement in the word.
    public func word(
        _ text: String, undefined: inout Set<String>, value: @escaping (String) -> String?
    ) throws(DockerfileWordError) -> String {
        String(decoding: try result(text, [], &undefined, value).text, as: UTF8.self)
    }

    /// The words at white space that is not quoted, also of values: how EXPOSE reads its arguments.
    public func words(
        _ text: String, undefined: inout Set<String>, value: @escaping (String) -> String?
    ) throws(DockerfileWordError) -> [String] {
        try result(text, [], &undefined, value).words.map { String(decoding: $0, as: UTF8.self) }
    }

    /// A heredoc's content: quotes mean nothing in it.
    public func content(
        _ text: String, undefined: inout Set<String>, value: @escaping (String) -> String?
    ) throws(DockerfileWordError) -> String {
        String(decoding: try result(text, .ignoresQuotes, &undefined, value).text, as: UTF8.self)
    }

    /// An instruction as it is shown: what has a value is replaced, all else stays as it was written.
    public func shown(_ text: String, value: @escaping (String) -> String?) -> String {
        let mode: WordMode = [.keepsQuotes, .keepsEscapes, .keepsUnset]
        var lexer = WordLexer(text, escape: escape, mode: mode, value: value)
        // What is no word of ours means something to the shell.
        guard let result = try? lexer.read(keepsEscapes: true) else { return text }
        return String(decoding: result.text, as: UTF8.self)
    }

    private func result(
        _ text: String, _ mode: WordMode, _ undefined: inout Set<String>, _ value: @escaping (String) -> String?
    ) throws(DockerfileWordError) -> WordResult {
        var lexer = WordLexer(text, escape: escape, mode: mode, value: value)
        do {
            let result = try lexer.read(keepsEscapes: false)
            undefined.formUnion(lexer.undefined)
            return result
        } catch {
            throw DockerfileWordError(word: text, reason: error.reason)
        }
    }
}

/// Why a word cannot be expanded.
public struct DockerfileWordError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The word that is wrong.
    public var word: String
    /// What is wrong with it.
    public var reason: String

    public var description: String { "cannot expand \"\(word.prefix(200))\": \(reason)" }
}
