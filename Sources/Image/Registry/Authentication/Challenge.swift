/// One challenge of a `WWW-Authenticate` header (RFC 9110, 11.6.1).
struct Challenge: Hashable, Sendable {
    /// Lower case: `basic`, `bearer`.
    var scheme: String
    /// Names in lower case.
    var parameters: [String: String]

    /// The challenges of all such headers of an answer. What cannot be read is left out.
    static func list(_ headers: [String]) -> [Challenge] {
        headers.flatMap { header in
            var parser = ChallengeParser(text: Array(header.utf8))
            return parser.challenges()
        }
    }
}

/// Commas separate both challenges and parameters: a name without `=` behind it begins a challenge.
private struct ChallengeParser {
    let text: [UInt8]
    var position = 0

    mutating func challenges() -> [Challenge] {
        var found: [Challenge] = []
        while true {
            skip { $0 == 0x20 || $0 == 0x09 || $0 == 0x2c }
            let word = token()
            if word.isEmpty { return found }
            let afterWord = position
            skip { $0 == 0x20 || $0 == 0x09 }
            if peek == 0x3d, !found.isEmpty {
                position += 1
                skip { $0 == 0x20 || $0 == 0x09 }
                let value = peek == 0x22 ? quoted() : token()
                found[found.count - 1].parameters[word.lowercased()] = value
            } else {
                position = afterWord
                found.append(Challenge(scheme: word.lowercased(), parameters: [:]))
                skipCredentials()
            }
        }
    }

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    /// The form `Scheme abc==` of RFC 9110 has no parameters.
    private mutating func skipCredentials() {
        let start = position
        skip { $0 == 0x20 }
        skip { $0 != 0x20 && $0 != 0x2c && $0 != 0x3d && $0 != 0x22 }
        let padding = position
        skip { $0 == 0x3d }
        let ends = peek == nil || peek == 0x2c || peek == 0x20
        if position == padding || !ends { position = start }
    }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
        while let byte = peek, isSkipped(byte) { position += 1 }
    }

    private mutating func token() -> String {
        let start = position
        skip { byte in byte > 0x20 && byte != 0x2c && byte != 0x3d && byte != 0x22 && byte < 0x7f }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func quoted() -> String {
        position += 1
        var value: [UInt8] = []
        while let byte = peek, byte != 0x22 {
            position += 1
            if byte == 0x5c, let escaped = peek {
                value.append(escaped)
                position += 1
            } else {
                value.append(byte)
            }
        }
        if peek != nil { position += 1 }
        return String(decoding: value, as: UTF8.self)
    }
}
