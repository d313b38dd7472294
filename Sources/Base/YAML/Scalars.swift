/// Resolves plain scalars as go-yaml v3 does: the YAML 1.2 core schema with the integers and octal numbers of YAML 1.1,
/// while `yes`, `no`, `on`, `off` stay text.
enum Scalars {
    static func resolve(_ text: String) -> Value {
        var text = text
        return text.withUTF8 { bytes in resolve(bytes) }
    }

    static func resolve(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        guard let first = bytes.first else { return .null }
        switch first {
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"),
            UInt8(ascii: "f"), UInt8(ascii: "F"):
            if bytes.count > 5 { return text(bytes) }
            return word(bytes) ?? text(bytes)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            if bytes.count > 64 { return text(bytes) }
            return number(String(decoding: bytes, as: UTF8.self))
        default:
            return text(bytes)
        }
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        .string(String(decoding: bytes, as: UTF8.self))
    }

    private static func word(_ bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        switch String(decoding: bytes, as: UTF8.self) {
        case "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .bool(true)
        case "false", "False", "FALSE": .bool(false)
        default: nil
        }
    }

    private static func number(_ text: String) -> Value {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        default: break
        }
        if text.utf8.first == UInt8(ascii: ".") {
            if isFloat(text), let value = Double(text), value.isFinite { return .float(value) }
            return .string(text)
        }
        if let time = Timestamp.normalized(text) { return .timestamp(time, typed: text) }
        let plain = text.utf8.contains(UInt8(ascii: "_")) ? text.filter { $0 != "_" } : text
        if let value = integer(plain) { return value }
        if isFloat(plain), let value = Double(plain), value.isFinite { return .float(value) }
        return .string(text)
    }

    /// Decimal, `0x`, `0b`, `0o` and the older `0777`.
    static func integer(_ text: String) -> Value? {
        var digits = Substring(text)
        var negative = false
        if digits.utf8.first == UInt8(ascii: "-") || digits.utf8.first == UInt8(ascii: "+") {
            negative = digits.utf8.first == UInt8(ascii: "-")
            digits = digits.dropFirst()
        }
        var radix = 10
        if digits.utf8.first == UInt8(ascii: "0"), digits.utf8.count > 1 {
            switch digits.utf8.dropFirst().first {
            case UInt8(ascii: "x"), UInt8(ascii: "X"): (radix, digits) = (16, digits.dropFirst(2))
            case UInt8(ascii: "b"), UInt8(ascii: "B"): (radix, digits) = (2, digits.dropFirst(2))
            case UInt8(ascii: "o"), UInt8(ascii: "O"): (radix, digits) = (8, digits.dropFirst(2))
            default: (radix, digits) = (8, digits.dropFirst(1))
            }
        }
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        guard let magnitude = UInt64(digits, radix: radix) else { return nil }
        if negative {
            if magnitude == 1 << 63 { return .integer(.min) }
            return magnitude < 1 << 63 ? .integer(-Int64(magnitude)) : nil
        }
        return magnitude < 1 << 63 ? .integer(Int64(magnitude)) : .unsigned(magnitude)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    static func isFloat(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
        func skipDigits() -> Int {
            let digits = rest.prefix(while: isDigit)
            rest = rest.dropFirst(digits.count)
            return digits.count
        }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = skipDigits()
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = skipDigits()
        }
        guard whole + fraction > 0 else { return false }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard skipDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}

/// The value that a plain scalar with this text has.
public func resolvePlainScalar(_ text: String) -> Value { Scalars.resolve(text) }
