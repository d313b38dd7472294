/// Reads one JSON document of at most 64 levels.
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private static let depth = 64

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONValue.Malformed) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        if position < bytes.count { throw wrong }
        return value
    }

    private var wrong: JSONValue.Malformed { JSONValue.Malformed(offset: position) }
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
        skipSpace()
        guard let byte = peek, depth < Self.depth else { throw wrong }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(_ depth: Int) throws(JSONValue.Malformed) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        if take(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw wrong }
            let name = try string()
            guard take(UInt8(ascii: ":")) else { throw wrong }
            members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw wrong }
        return .object(members)
    }

    private mutating func array(_ depth: Int) throws(JSONValue.Malformed) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            elements.append(try value(depth: depth + 1))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw wrong }
        return .array(elements)
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONValue.Malformed) -> JSONValue {
        guard bytes[position...].starts(with: text.utf8) else { throw wrong }
        position += text.utf8.count
        return value
    }

    private mutating func number() throws(JSONValue.Malformed) -> JSONValue {
        let start = position
        while let byte = peek, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(text) != nil, text.utf8.first != UInt8(ascii: "+") else { throw wrong }
        return .number(text)
    }

    private mutating func string() throws(JSONValue.Malformed) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escape().utf8
            case ..<0x20: throw wrong
            default: text.append(byte)
            }
        }
        throw wrong
    }

    private mutating func escape() throws(JSONValue.Malformed) -> String {
        guard let byte = peek else { throw wrong }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
        case UInt8(ascii: "u"):
            var units = [try unit()]
            if 0xd800..<0xdc00 ~= units[0], bytes[position...].starts(with: "\\u".utf8) {
                position += 2
                units.append(try unit())
            }
            return String(decoding: units, as: UTF16.self)
        default: throw wrong
        }
    }

    private mutating func unit() throws(JSONValue.Malformed) -> UInt16 {
        let digits = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
            throw wrong
        }
        position += 4
        return unit
    }
}
