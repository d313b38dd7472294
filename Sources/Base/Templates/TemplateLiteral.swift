internal import Primitives

extension TemplateNumber {
    /// A number or a character constant; the error's reason says what is wrong.
    init(_ text: String) throws(GrammarError) {
        if text.hasPrefix("'") {
            guard let inner = unquotedInGo(text) else { throw GrammarError("invalid syntax", in: text) }
            guard inner.unicodeScalars.count == 1, let scalar = inner.unicodeScalars.first else {
                throw GrammarError("malformed character constant: \(text)", in: text)
            }
            self.init(integer: Int64(scalar.value), float: Double(scalar.value), isFloat: false)
            return
        }
        if let integer = Self.integer(text) {
            self.init(integer: integer, float: Double(integer), isFloat: false)
            return
        }
        guard let float = Double(goSyntax: text), float.isFinite else {
            throw GrammarError("illegal number syntax: \(text.quotedAsInGo)", in: text)
        }
        let lower = text.lowercased()
        let isFloat = lower.contains { $0 == "." || $0 == "p" } || (!lower.contains("x") && lower.contains("e"))
        if !isFloat { throw GrammarError("integer overflow: \(text.quotedAsInGo)", in: text) }
        self.init(integer: Int64(exactly: float), float: float, isFloat: true)
    }

    /// With the prefixes that Go knows; nil for what is no whole number or does not fit.
    private static func integer(_ text: String) -> Int64? {
        var rest = Substring(text)
        let sign = rest.first == "-" || rest.first == "+" ? String(rest.removeFirst()) : ""
        let lower = rest.lowercased()
        let radix = [("0x", 16), ("0o", 8), ("0b", 2)].first { lower.hasPrefix($0.0) }?.1
        var digits = String(lower.dropFirst(radix == nil ? 0 : 2))
        guard digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-") else { return nil }
        digits.removeAll { $0 == "_" }
        if digits.utf8.count > 1, digits.hasPrefix("0"), radix == nil { return Int64(sign + digits, radix: 8) }
        return Int64(sign + digits, radix: radix ?? 10)
    }
}

/// What a literal of Go stands for: in double quotes, single quotes (as one character) or back quotes; nil for one that
/// Go refuses.
func unquotedInGo(_ text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count >= 2, let quote = scalars.first, scalars.last == quote else { return nil }
    let inner = scalars.dropFirst().dropLast()
    if quote == "`" { return String(String.UnicodeScalarView(inner.filter { $0 != "\r" })) }
    var bytes: [UInt8] = []
    var rest = inner
    while let scalar = rest.popFirst() {
        if scalar != "\\" {
            bytes += String(scalar).utf8
        } else if !appendEscape(&rest, quote, &bytes) {
            return nil
        }
    }
    return quote == "'" && bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
}

/// Reads what is behind a backslash.
private func appendEscape(
    _ rest: inout ArraySlice<Unicode.Scalar>, _ quote: Unicode.Scalar, _ bytes: inout [UInt8]
) -> Bool {
    let simple: [Unicode.Scalar: UInt8] = [
        "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, "\"": 34, "'": 39,
    ]
    guard let scalar = rest.popFirst() else { return false }
    if let byte = simple[scalar] {
        if (scalar == "\"" || scalar == "'") && scalar != quote { return false }
        bytes.append(byte)
        return true
    }
    let (count, radix) = scalar == "x" ? (2, 16) : scalar == "u" ? (4, 16) : scalar == "U" ? (8, 16) : (3, 8)
    if radix == 8 {
        guard ("0"..."7").contains(scalar) else { return false }
        rest = [scalar] + rest
    }
    let digits = String(String.UnicodeScalarView(rest.prefix(count)))
    rest = rest.dropFirst(count)
    guard digits.unicodeScalars.count == count, let value = UInt32(digits, radix: radix),
        digits.utf8.first != UInt8(ascii: "+")
    else { return false }
    if scalar == "u" || scalar == "U" {
        guard let character = Unicode.Scalar(value) else { return false }
        bytes += String(character).utf8
    } else {
        guard let byte = UInt8(exactly: value) else { return false }
        bytes.append(byte)
    }
    return true
}
