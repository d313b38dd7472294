internal import Primitives

/// A word of a template's text.
struct TemplateToken {
    enum Kind: Equatable {
        case text, leftDelimiter, rightDelimiter, space, pipe, assign, declare, leftParenthesis, rightParenthesis
        case character, dot, field, variable, identifier, boolean, number, characterConstant, string, rawString
        case keyword, error, end
    }

    var kind: Kind
    var text: String
    /// In UTF-8 bytes from the template's start.
    var position: Int
    /// Where it begins, counted from 1.
    var line: Int

    /// As it stands in an error.
    var shown: String {
        switch kind {
        case .end: "EOF"
        case .error: text
        case .keyword, .dot: "<\(text)>"
        case _ where text.unicodeScalars.count > 10:
            String(String.UnicodeScalarView(text.unicodeScalars.prefix(10))).quotedAsInGo + "..."
        default: text.quotedAsInGo
        }
    }

    static let keywords: Set<String> = [
        "block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with",
    ]
}
