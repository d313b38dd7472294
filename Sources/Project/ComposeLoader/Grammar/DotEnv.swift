/// The grammar of `.env` files and env files: `KEY=VALUE` lines, quotes, comments, variables.
struct DotEnv {
    struct Failure: Error {
        var message: String
        /// From 1.
        var line: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    /// Of all values so far.
    private var length = 0
    private let lookup: (String) -> String?
    private let missing: (String) -> Void
    private(set) var values: [String: String] = [:]

    /// Parses a whole file. A variable that `lookup` knows is taken from there for `KEY` lines and inside values;
    /// `earlier` are values of files before this one.
    static func parse(
        _ bytes: [UInt8], earlier: [String: String] = [:], lookup: @escaping (String) -> String?,
        missing: @escaping (String) -> Void
    ) throws(Failure) -> [String: String] {
        var parser = DotEnv(bytes: bytes, lookup: lookup, missing: missing, values: earlier)
        try parser.run()
        return parser.values
    }

    private init(
        bytes: [UInt8], lookup: @escaping (String) -> String?, missing: @escaping (String) -> Void,
        values: [String: String]
    ) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var text = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes
        if text.contains(UInt8(ascii: "\r")) {
            var plain: [UInt8] = []
            plain.reserveCapacity(text.count)
            for (index, byte) in text.enumerated()
            where byte != 13 || index + 1 >= text.count || text[index + 1] != 10 {
                plain.append(byte)
            }
            text = plain
        }
        self.bytes = text
        self.lookup = lookup
        self.missing = missing
        self.values = values
    }

    private func failure(_ message: String, at place: Int) -> Failure {
        Failure(message: message, line: bytes[..<min(place, bytes.count)].count { $0 == 10 } + 1)
    }

    private mutating func run() throws(Failure) {
        while skipToStatement() {
            let start = position
            let (key, inherited) = try key()
            if key.utf8.contains(UInt8(ascii: " ")) {
                throw failure("\"\(key)\" is not a name of a variable: it has a space", at: start)
            }
            if inherited {
                if let value = lookup(key) { values[key] = value }
                continue
            }
            let value = try value()
            length += value.utf8.count
            if length > 4 << 20 { throw failure("the values get too long", at: start) }
            values[key] = value
        }
    }

    /// Goes to the next line that says something; false at the end.
    private mutating func skipToStatement() -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "#") {
                while position < bytes.count, bytes[position] != 10 { position += 1 }
            } else if byte == 10 || Self.isSpace(byte) {
                position += 1
            } else if let width = Self.blank(bytes[position...]) {
                position += width
            } else {
                return true
            }
        }
        return false
    }

    private mutating func key() throws(Failure) -> (String, inherited: Bool) {
        let word = Array("export".utf8)
        if bytes[position...].starts(with: word), position + 6 < bytes.count, Self.isSpace(bytes[position + 6]) {
            position += 6
            skipSpaces()
        }
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") || byte == 10 {
                let key = Self.trimmed(bytes[start..<position])
                position += 1
                if byte != 10 { skipSpaces() }
                return (key, byte == 10)
            }
            let (character, width) = Self.character(bytes[position...])
            if !Self.isSpace(byte), Self.narrowBlank(bytes[position...]) == nil, !Self.isNamePart(character) {
                throw failure("unexpected character \"\(character)\" in the name of a variable", at: position)
            }
            position += width
        }
        return (Self.trimmed(bytes[start...]), true)
    }

    private mutating func value() throws(Failure) -> String {
        guard position < bytes.count else { return "" }
        let quote = bytes[position]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") { return try quoted(quote) }
        let start = position
        var end = start
        while end < bytes.count, bytes[end] != 10 { end += 1 }
        position = end
        var text = bytes[start..<end]
        if let comment = Self.comment(in: text) { text = text[..<comment] }
        return try expand(Self.trimmed(text), at: start)
    }

    /// Index of a `#` that begins a comment: after a space.
    private static func comment(in text: ArraySlice<UInt8>) -> Int? {
        text.indices.dropFirst().first { text[$0] == UInt8(ascii: "#") && text[$0 - 1] == UInt8(ascii: " ") }
    }

    private mutating func quoted(_ quote: UInt8) throws(Failure) -> String {
        let start = position
        var text: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
                let next = bytes[position + 1]
                position += 2
                if quote == UInt8(ascii: "'"), next == quote {
                    text.append(next)
                } else {
                    text += [byte, next]
                }
                continue
            }
            if byte == quote {
                // What follows on the line is read as a statement of its own: a comment, or a name to inherit.
                position += 1
                let string = String(decoding: text, as: UTF8.self)
                return quote == UInt8(ascii: "'") ? string : try expand(Self.unescaped(string), at: start)
            }
            text.append(byte)
            position += 1
        }
        throw failure("a quote is not closed", at: start)
    }

    private func expand(_ text: String, at place: Int) throws(Failure) -> String {
        let template = Template(lookup: { self.lookup($0) ?? self.values[$0] }, missing: missing)
        do {
            return try template.substitute(text)
        } catch {
            switch error {
            case .invalid(let text): throw failure("\"\(text)\" is not a valid use of a variable", at: place)
            case .required(let message): throw failure(message, at: place)
            case .tooLong: throw failure("the value gets too long", at: place)
            }
        }
    }

    /// `\n`, `\t` and the like; a dollar escaped by a backslash is doubled, for the template.
    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                output.append(bytes[index])
                index += 1
                continue
            }
            let next = bytes[index + 1]
            index += 2
            switch next {
            case UInt8(ascii: "a"): output.append(7)
            case UInt8(ascii: "b"): output.append(8)
            case UInt8(ascii: "t"): output.append(9)
            case UInt8(ascii: "n"): output.append(10)
            case UInt8(ascii: "v"): output.append(11)
            case UInt8(ascii: "f"): output.append(12)
            case UInt8(ascii: "r"): output.append(13)
            case UInt8(ascii: "$"): output += [UInt8(ascii: "$"), UInt8(ascii: "$")]
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): output.append(next)
            case UInt8(ascii: "0"):
                let digits = bytes[index...].prefix(3).prefix { $0 >= 48 && $0 <= 57 }
                index += digits.count
                output += octal(digits)
            default: output += [UInt8(ascii: "\\"), next]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// What `\0` and these digits stand for: three octal ones are a character, less stay text without the zero.
    private static func octal(_ digits: ArraySlice<UInt8>) -> [UInt8] {
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.count == 3, let value = UInt8(text, radix: 8) else { return Array("\\\(text)".utf8) }
        return Array(String(Unicode.Scalar(value)).utf8)
    }

    // MARK: Characters

    private mutating func skipSpaces() {
        while position < bytes.count {
            if Self.isSpace(bytes[position]) {
                position += 1
            } else if let width = Self.narrowBlank(bytes[position...]) {
                position += width
            } else {
                return
            }
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || (byte >= 11 && byte <= 13) }

    /// Length of a next line or no-break space, which count as spaces everywhere.
    private static func narrowBlank(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.first == 0xC2, let second = bytes.dropFirst().first, second == 0x85 || second == 0xA0 else {
            return nil
        }
        return 2
    }

    /// Length of any white space beyond ASCII.
    private static func blank(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first, first >= 0x80 else { return nil }
        let (scalar, width) = character(bytes)
        return scalar.properties.isWhitespace ? width : nil
    }

    private static func character(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, width: Int) {
        guard let first = bytes.first, first >= 0x80 else { return (Unicode.Scalar(bytes.first ?? 0), 1) }
        let scalar = String(decoding: bytes.prefix(4), as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}"
        return (scalar, scalar == "\u{FFFD}" ? 1 : scalar.utf8.count)
    }

    /// Letters and digits of any script, and `_ . - [ ]`.
    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            let byte = UInt8(ascii: scalar)
            return byte >= 48 && byte <= 57 || byte | 32 >= 97 && byte | 32 <= 122 || "_.-[]".utf8.contains(byte)
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let last = text.unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(text.unicodeScalars[...last])
    }
}
