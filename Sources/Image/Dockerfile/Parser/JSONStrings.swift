/// The JSON form of CMD, RUN, COPY and others.
enum JSONStrings {
    case strings([String])
    /// It is an array, but not of strings.
    case otherArray
    /// It is no JSON array at all: the shell form is meant.
    case none

    init(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "[") else {
            self = .none
            return
        }
        var reader = JSONArrayReader(bytes: Array(text.utf8))
        self = reader.read()
    }
}

/// Reads an array of strings; anything else in it is only checked as far as it decides between the two other answers.
private struct JSONArrayReader {
    let bytes: [UInt8]
    var position = 1

    mutating func read() -> JSONStrings {
        var strings: [String] = []
        var hasOthers = false
        if skipSpaces() == UInt8(ascii: "]") {
            position += 1
        } else {
            items: while true {
                if skipSpaces() == UInt8(ascii: "\"") {
                    guard let string = string() else { return .none }
                    strings.append(string)
                } else {
                    guard scalar() else { return .none }
                    hasOthers = true
                }
                let separator = skipSpaces()
                position += 1
                switch separator {
                case UInt8(ascii: ","): continue
                case UInt8(ascii: "]"): break items
                default: return .none
                }
            }
        }
        guard skipSpaces() == nil else { return .none }
        return hasOthers ? .otherArray : .strings(strings)
    }

    private mutating func skipSpaces() -> UInt8? {
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
        return position < bytes.count ? bytes[position] : nil
    }

    /// A number, `true`, `false` or `null`. An array or object within the array is not looked into: `[[ a ]]` is shell.
    private mutating func scalar() -> Bool {
        let start = position
        while position < bytes.count, bytes[position].isLetter || "+-.0123456789".utf8.contains(bytes[position]) {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        return ["true", "false", "null"].contains(text) || (!text.isEmpty && Double(text)?.isFinite == true)
    }

    private mutating func string() -> String? {
        var result: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: result, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard escaped(into: &result) else { return nil }
            case 0..<0x20: return nil
            default: result.append(byte)
            }
        }
        return nil
    }

    private mutating func escaped(into result: inout [UInt8]) -> Bool {
        guard position < bytes.count else { return false }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            guard var unit = unit() else { return false }
            if (0xd800..<0xdc00).contains(unit), bytes[position...].starts(with: "\\u".utf8) {
                let mark = position
                position += 2
                guard let low = self.unit() else { return false }
                if (0xdc00..<0xe000).contains(low) {
                    unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
                } else {
                    position = mark
                }
            }
            result += Array(String(Character(Unicode.Scalar(unit) ?? "\u{fffd}")).utf8)
        default: return false
        }
        return true
    }

    private mutating func unit() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        let digits = bytes[position..<(position + 4)]
        position += 4
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
