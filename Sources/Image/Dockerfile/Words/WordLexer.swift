/// Why a word cannot be expanded.
struct WordError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// How a word is read.
struct WordMode: OptionSet {
    let rawValue: Int

    /// Quotes stay in the result.
    static let keepsQuotes = WordMode(rawValue: 1)
    /// Escape characters stay in the result.
    static let keepsEscapes = WordMode(rawValue: 2)
    /// Quotes are characters as others are: a heredoc's content.
    static let ignoresQuotes = WordMode(rawValue: 4)
    /// Variables that are not set stay as they are written.
    static let keepsUnset = WordMode(rawValue: 8)
}

/// Reads a text as a shell reads a word: quotes, escapes and the forms of `$`.
struct WordLexer {
    /// `${a:-${b:-…}}` may go this deep.
    static let depthLimit = 64
    /// Bytes of a result.
    static let sizeLimit = 16 << 20

    let bytes: [UInt8]
    let escape: UInt8
    let mode: WordMode
    let value: (String) -> String?
    var position = 0
    var depth = 0
    /// Names that were asked for and are not set.
    var undefined: Set<String> = []

    init(_ text: String, escape: EscapeCharacter, mode: WordMode = [], value: @escaping (String) -> String?) {
        bytes = Array(text.utf8)
        self.escape = escape.rawValue
        self.mode = mode
        self.value = value
    }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take() -> UInt8? {
        guard position < bytes.count else { return nil }
        position += 1
        return bytes[position - 1]
    }

    /// Up to `stop`, which is taken and not part of the result, or to the end if it is nil.
    mutating func read(upTo stop: UInt8? = nil, keepsEscapes: Bool) throws(WordError) -> WordResult {
        var result = WordResult()
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw WordError("substitutions are nested more than \(Self.depthLimit) deep") }
        while let byte = next {
            if byte == stop {
                position += 1
                return result
            }
            switch byte {
            case UInt8(ascii: "$"):
                result.append(splitting: try readDollar(keepsEscapes: keepsEscapes))
            case UInt8(ascii: "'") where !mode.contains(.ignoresQuotes):
                result.append(whole: try readSingleQuoted())
            case UInt8(ascii: "\"") where !mode.contains(.ignoresQuotes):
                result.append(whole: try readDoubleQuoted(keepsEscapes: keepsEscapes))
            case escape:
                position += 1
                if keepsEscapes { result.append(escaped: byte) }
                if let escaped = take() { result.append(escaped: escaped) }
            default:
                position += 1
                result.append(byte)
            }
            if result.text.count > Self.sizeLimit { throw WordError("the result is longer than 16 MiB") }
        }
        if let stop { throw WordError("\"\(Character(Unicode.Scalar(stop)))\" is missing at the end of ${…}") }
        return result
    }

    private mutating func readSingleQuoted() throws(WordError) -> [UInt8] {
        guard let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "'")) else {
            throw WordError("a single quote is not closed")
        }
        defer { position = end + 1 }
        return Array(mode.contains(.keepsQuotes) ? bytes[position...end] : bytes[(position + 1)..<end])
    }

    private mutating func readDoubleQuoted(keepsEscapes: Bool) throws(WordError) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        position += 1
        var result: [UInt8] = mode.contains(.keepsQuotes) ? [quote] : []
        while let byte = next {
            switch byte {
            case quote:
                position += 1
                if mode.contains(.keepsQuotes) { result.append(quote) }
                return result
            case UInt8(ascii: "$"):
                result += try readDollar(keepsEscapes: keepsEscapes)
                if result.count > Self.sizeLimit { throw WordError("the result is longer than 16 MiB") }
            case escape:
                position += 1
                if keepsEscapes { result.append(byte) }
                // Only these lose their meaning; before others the escape character stands for itself.
                if let following = next, [quote, UInt8(ascii: "$"), escape].contains(following) {
                    position += 1
                    result.append(following)
                } else if next != nil, !keepsEscapes {
                    result.append(byte)
                }
            default:
                position += 1
                result.append(byte)
            }
        }
        throw WordError("a double quote is not closed")
    }
}

/// A text, and the words it falls into at white space that is neither quoted nor escaped.
struct WordResult {
    private(set) var text: [UInt8] = []
    private var finished: [[UInt8]] = []
    private var word: [UInt8] = []

    var words: [[UInt8]] { word.isEmpty ? finished : finished + [word] }

    mutating func append(_ byte: UInt8) {
        text.append(byte)
        split(byte)
    }

    mutating func append(escaped byte: UInt8) {
        text.append(byte)
        word.append(byte)
    }

    mutating func append(whole bytes: [UInt8]) {
        text += bytes
        word += bytes
    }

    mutating func append(splitting bytes: [UInt8]) {
        text += bytes
        for byte in bytes { split(byte) }
    }

    private mutating func split(_ byte: UInt8) {
        guard byte.isSpace else { return word.append(byte) }
        if !word.isEmpty {
            finished.append(word)
            word = []
        }
    }
}

extension UInt8 {
    /// ASCII white space.
    var isSpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    /// Of a variable's name.
    var isNameByte: Bool { isLetter || isDigit || self == UInt8(ascii: "_") || self >= 0x80 }
    var isLetter: Bool { (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self) }
}
