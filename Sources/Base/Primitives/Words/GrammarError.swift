/// What is wrong with a text in one of the little languages: durations, sizes, ports, platforms …
///
/// Parsers throw it; who called them knows what the text belongs to (a file's line, an option) and says so in front.
public struct GrammarError: Error, Hashable, Sendable, CustomStringConvertible {
    /// All of the text that was read.
    public var text: String
    /// Where in `text` it is wrong, in UTF-8 bytes from its start: from 0 to its length, which stands for its end.
    public var offset: Int
    /// What is wrong, as the rest of a sentence that `text` begins: `is not a duration`.
    public var reason: String

    public init(_ reason: String, in text: some StringProtocol, at offset: Int = 0) {
        self.text = String(text)
        self.offset = offset
        self.reason = reason
    }

    /// `"5 parsecs" is not a duration`.
    public var description: String { "\"\(text)\" \(reason)" }
}
