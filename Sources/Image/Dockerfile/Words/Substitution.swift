/// What stands after `$`.
extension WordLexer {
    mutating func readDollar(keepsEscapes: Bool) throws(WordError) -> [UInt8] {
        position += 1
        guard next == UInt8(ascii: "{") else {
            let name = readName()
            return name.isEmpty ? [UInt8(ascii: "$")] : Array((lookUp(name) ?? unset("$\(name)")).utf8)
        }
        position += 1
        let name = readName()
        guard !name.isEmpty else {
            throw WordError(next == nil ? "\"}\" is missing at the end of ${…}" : "${…} does not begin with a name")
        }
        switch take() {
        case UInt8(ascii: "}"): return Array((lookUp(name) ?? unset("${\(name)}")).utf8)
        case UInt8(ascii: ":"):
            guard let sign = take() else { throw WordError("\"}\" is missing at the end of ${\(name):…}") }
            return try readModified(name, sign, emptyIsUnset: true)
        case UInt8(ascii: "/"): return try readReplacement(name)
        case .some(let sign): return try readModified(name, sign, emptyIsUnset: false)
        case nil: throw WordError("\"}\" is missing at the end of ${\(name)…}")
        }
    }

    /// Letters, digits and `_`; one of the shell's special parameters; or only digits.
    private mutating func readName() -> String {
        let start = position
        if let first = next, first.isDigit {
            while let byte = next, byte.isDigit { position += 1 }
        } else if let first = next, "@*#?-$!".utf8.contains(first) {
            position += 1
        } else {
            while let byte = next, byte.isNameByte { position += 1 }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func lookUp(_ name: String) -> String? {
        if let found = value(name) { return found }
        undefined.insert(name)
        return nil
    }

    private func unset(_ written: String) -> String { mode.contains(.keepsUnset) ? written : "" }

    /// `${name:-word}` and the like.
    private mutating func readModified(
        _ name: String, _ sign: UInt8, emptyIsUnset: Bool
    ) throws(WordError) -> [UInt8] {
        let isPattern = sign == UInt8(ascii: "#") || sign == UInt8(ascii: "%")
        let start = position
        guard "-+?#%".utf8.contains(sign), !(isPattern && emptyIsUnset) else {
            let written = (emptyIsUnset ? ":" : "") + String(decoding: [sign], as: UTF8.self)
            throw WordError("${\(name)\(written)…} is not a substitution")
        }
        let word = try read(upTo: UInt8(ascii: "}"), keepsEscapes: isPattern).text
        let found = value(name)
        if found == nil, mode.contains(.keepsUnset) {
            let rest = String(decoding: bytes[start..<position], as: UTF8.self)
            return Array("${\(name)\(emptyIsUnset ? ":" : "")\(Character(Unicode.Scalar(sign)))\(rest)".utf8)
        }
        let isSet = found.map { !(emptyIsUnset && $0.isEmpty) } ?? false
        switch sign {
        case UInt8(ascii: "-"): return isSet ? Array((found ?? "").utf8) : word
        case UInt8(ascii: "+"): return isSet ? word : []
        case UInt8(ascii: "?"):
            if let found, isSet { return Array(found.utf8) }
            let reason = found == nil ? "it must be set" : "it must not be empty"
            throw WordError("\(name): \(word.isEmpty ? reason : String(decoding: word, as: UTF8.self))")
        default:
            let content = Array((lookUp(name) ?? "").utf8)
            let longest = word.first == sign
            let pattern = try ShellPattern(Array(longest ? word.dropFirst() : word[...]))
            if sign == UInt8(ascii: "#") {
                return Array(content.dropFirst(try pattern.prefixLength(of: content[...], longest: longest) ?? 0))
            }
            return Array(content.dropLast(try pattern.suffixLength(of: content, longest: longest) ?? 0))
        }
    }

    /// `${name/pattern/text}`, `${name//pattern/text}`.
    private mutating func readReplacement(_ name: String) throws(WordError) -> [UInt8] {
        let start = position
        let all = next == UInt8(ascii: "/")
        if all { position += 1 }
        let pattern = try ShellPattern(try read(upTo: UInt8(ascii: "/"), keepsEscapes: true).text)
        let replacement = try read(upTo: UInt8(ascii: "}"), keepsEscapes: true).text
        guard let content = lookUp(name) else {
            let rest = String(decoding: bytes[start..<position], as: UTF8.self)
            return Array(unset("${\(name)/\(rest)").utf8)
        }
        return try pattern.replacing(in: Array(content.utf8), with: replacement, all: all)
    }
}
