/// A text between `<<NAME` in an instruction and a line `NAME` after it.
struct Heredoc {
    var name: String
    /// `<<-`: tabs at the beginning of lines are not part of the content, nor in the way of the terminator.
    var stripsTabs: Bool
    /// No part of the name was quoted.
    var expands: Bool
    /// Without the tabs that `<<-` strips.
    var content = ""
    /// The content as it stands in the file.
    var written = ""

    /// Reads one word, such as `<<EOF`, `3<<-"EOF"`; nil if it is no heredoc.
    init?(word: String) {
        var rest = word[...].utf8
        rest = rest.drop { $0.isDigit }
        guard rest.starts(with: "<<".utf8) else { return nil }
        rest = rest.dropFirst(2)
        stripsTabs = rest.first == UInt8(ascii: "-")
        if stripsTabs { rest = rest.dropFirst() }
        guard !rest.isEmpty, !rest.contains(UInt8(ascii: "<")) else { return nil }
        let written = String(rest) ?? ""
        guard let name = Self.words(written, []), name.count == 1, let raw = Self.words(written, Self.raw)
        else { return nil }
        self.name = name[0]
        expands = raw == name
    }

    /// The heredocs of a line in the order in which their contents follow it.
    static func all(in line: String) -> [Heredoc] {
        guard line.contains("<<") else { return [] }
        return (words(line, raw) ?? []).compactMap { Heredoc(word: $0) }
    }

    private static let raw: WordMode = [.keepsQuotes, .keepsEscapes, .keepsUnset]

    /// The words with variables as they are written; nil if quotes do not match.
    private static func words(_ text: String, _ mode: WordMode) -> [String]? {
        var lexer = WordLexer(text, escape: .backslash, mode: mode.union(.keepsUnset)) { _ in nil }
        return (try? lexer.read(keepsEscapes: mode.contains(.keepsEscapes)))?.words.map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
