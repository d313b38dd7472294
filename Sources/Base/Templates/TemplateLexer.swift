internal import Primitives

/// Cuts a template's text into tokens. The last one is the end or what is wrong.
struct TemplateLexer {
    private let input: [Unicode.Scalar]
    private var place = 0
    /// Of the place, in UTF-8 bytes from the start.
    private var offset = 0
    private var line = 1
    private var start = (place: 0, offset: 0, line: 1)
    private var parentheses = 0
    private var tokens: [TemplateToken] = []

    static func tokens(of text: String) -> [TemplateToken] {
        var lexer = TemplateLexer(input: Array(text.unicodeScalars))
        lexer.run()
        return lexer.tokens
    }

    private init(input: [Unicode.Scalar]) {
        self.input = input
    }

    private var isBroken: Bool { tokens.last?.kind == .error }

    private mutating func run() {
        while !isBroken {
            readText()
            guard place < input.count else { break }
            if isComment { readComment() } else { readAction() }
        }
        if !isBroken { emit(.end, "EOF") }
    }

    // MARK: Places

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        place + ahead < input.count ? input[place + ahead] : nil
    }

    @discardableResult
    private mutating func next() -> Unicode.Scalar? {
        guard let scalar = peek() else { return nil }
        place += 1
        offset += UTF8.width(scalar)
        if scalar == "\n" { line += 1 }
        return scalar
    }

    private mutating func skip(_ count: Int) {
        for _ in 0..<count { next() }
    }

    private func isAt(_ text: String, _ ahead: Int = 0) -> Bool {
        input.dropFirst(place + ahead).starts(with: text.unicodeScalars)
    }

    private mutating func begin() { start = (place, offset, line) }

    private var word: String { String(String.UnicodeScalarView(input[start.place..<place])) }

    private mutating func emit(_ kind: TemplateToken.Kind, _ text: String? = nil) {
        tokens.append(TemplateToken(kind: kind, text: text ?? word, position: start.offset, line: start.line))
        begin()
    }

    private mutating func fail(_ what: String) { emit(.error, what) }

    // MARK: Text

    /// Up to the next `{{` or the end, without the blanks that a trim marker takes.
    private mutating func readText() {
        begin()
        while place < input.count, !isAt("{{") { next() }
        let trims = isAt("{{") && isAt("-", 2) && peek(3)?.isTemplateSpace == true
        var end = place
        if trims { while end > start.place, input[end - 1].isTemplateSpace { end -= 1 } }
        if end > start.place { emit(.text, String(String.UnicodeScalarView(input[start.place..<end]))) }
        begin()
    }

    private var isTrimmed: Bool { isAt("{{-") && peek(3)?.isTemplateSpace == true }

    private var isComment: Bool { isAt("/*", isTrimmed ? 4 : 2) }

    private mutating func readComment() {
        skip(isTrimmed ? 6 : 4)
        while place < input.count, !isAt("*/") { next() }
        guard place < input.count else { return fail("unclosed comment") }
        skip(2)
        if !endAction(emitting: false) { fail("comment ends before closing delimiter") }
    }

    /// Takes `}}` and ` -}}`, with the blanks behind it.
    private mutating func endAction(emitting: Bool) -> Bool {
        let trims = peek()?.isTemplateSpace == true && isAt("-}}", 1)
        guard trims || isAt("}}") else { return false }
        if trims { skip(2) }
        begin()
        skip(2)
        if emitting { emit(.rightDelimiter) }
        if trims { while peek()?.isTemplateSpace == true { next() } }
        return true
    }

    // MARK: Actions

    private mutating func readAction() {
        begin()
        let trims = isTrimmed
        skip(2)
        emit(.leftDelimiter)
        if trims { skip(2) }
        parentheses = 0
        while !isBroken {
            begin()
            if peek()?.isTemplateSpace == true && isAt("-}}", 1) || isAt("}}") {
                if parentheses > 0 { return fail("unclosed left paren") }
                _ = endAction(emitting: true)
                return
            }
            readWord()
        }
    }

    private mutating func readWord() {
        guard let scalar = next() else { return fail("unclosed action") }
        switch scalar {
        case _ where scalar.isTemplateSpace: readSpace()
        case "=": emit(.assign)
        case ":": if next() == "=" { emit(.declare) } else { fail("expected :=") }
        case "|": emit(.pipe)
        case "\"": readQuoted("\"", .string, "unterminated quoted string")
        case "'": readQuoted("'", .characterConstant, "unterminated character constant")
        case "`": readRaw()
        case "$": readName(.variable)
        case "." where !(peek().map { ("0"..."9").contains($0) } ?? false): readName(.field)
        case ".", "+", "-", "0"..."9": readNumber(scalar)
        case "(":
            parentheses += 1
            emit(.leftParenthesis)
        case ")":
            parentheses -= 1
            if parentheses < 0 { fail("unexpected right paren") } else { emit(.rightParenthesis) }
        case _ where scalar.isWordPart: readIdentifier()
        case _ where (0x21..<0x7F).contains(scalar.value): emit(.character)
        default: fail("unrecognized character in action: \(scalar.shownInGo)")
        }
    }

    private mutating func readSpace() {
        // The blank before `-}}` belongs to that.
        while peek()?.isTemplateSpace == true, !isAt("-}}", 1) { next() }
        emit(.space)
    }

    private var isAtTerminator: Bool {
        guard let scalar = peek() else { return true }
        return scalar.isTemplateSpace || [".", ",", "|", ":", ")", "("].contains(scalar) || isAt("}}")
    }

    /// `$`, `$name`, `.` and `.name`.
    private mutating func readName(_ kind: TemplateToken.Kind) {
        if isAtTerminator { return emit(kind == .variable ? .variable : .dot) }
        while peek()?.isWordPart == true { next() }
        guard isAtTerminator else { return fail("bad character \(peek()?.shownInGo ?? "")") }
        emit(kind)
    }

    private mutating func readIdentifier() {
        while peek()?.isWordPart == true { next() }
        guard isAtTerminator else { return fail("bad character \(peek()?.shownInGo ?? "")") }
        switch word {
        case "true", "false": emit(.boolean)
        case let name where TemplateToken.keywords.contains(name): emit(.keyword)
        default: emit(.identifier)
        }
    }

    private mutating func readQuoted(_ quote: Unicode.Scalar, _ kind: TemplateToken.Kind, _ complaint: String) {
        while let scalar = next(), scalar != "\n" {
            if scalar == quote { return emit(kind) }
            if scalar == "\\", next().map({ $0 == "\n" }) ?? true { break }
        }
        fail(complaint)
    }

    private mutating func readRaw() {
        while let scalar = next() { if scalar == "`" { return emit(.rawString) } }
        fail("unterminated raw quoted string")
    }

    private mutating func accept(_ set: String) -> Bool {
        guard let scalar = peek(), set.unicodeScalars.contains(scalar) else { return false }
        next()
        return true
    }

    /// - Parameter first: what was read of it already.
    private mutating func readNumber(_ first: Unicode.Scalar) {
        var digits = "0123456789_"
        let isZero = first == "0" || (first == "+" || first == "-") && accept("0")
        if isZero {
            if accept("xX") {
                digits = "0123456789abcdefABCDEF_"
            } else if accept("oO") {
                digits = "01234567_"
            } else if accept("bB") {
                digits = "01_"
            }
        }
        while accept(digits) {}
        if first != ".", accept(".") { while accept(digits) {} }
        if accept(digits.utf8.count == 11 ? "eE" : digits.utf8.count == 23 ? "pP" : "") {
            _ = accept("+-")
            while accept("0123456789_") {}
        }
        if peek()?.isWordPart == true {
            next()
            return fail("bad number syntax: \(word.quotedAsInGo)")
        }
        emit(.number)
    }
}

extension Unicode.Scalar {
    /// What separates words and is trimmed.
    fileprivate var isTemplateSpace: Bool { self == " " || self == "\t" || self == "\r" || self == "\n" }

    /// Letters, digits and the underscore, of any script.
    fileprivate var isWordPart: Bool {
        if value < 0x80 {
            return self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self) || ("0"..."9").contains(self)
        }
        return properties.isAlphabetic || properties.generalCategory == .decimalNumber
    }

    /// `U+007D '}'`.
    var shownInGo: String { "U+" + String(value, radix: 16).uppercased().leftPadded(to: 4) + " '\(self)'" }
}
