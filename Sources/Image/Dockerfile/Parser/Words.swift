/// An instruction's text in pieces: name, options, arguments.
struct InstructionText {
    var name: String
    /// `--name` or `--name=value`, quotes taken away.
    var options: [String]
    /// Without white space around it.
    var arguments: String

    init(_ line: String) {
        let bytes = Array(line.utf8)
        let end = bytes.firstIndex { $0.isSpace } ?? bytes.count
        name = String(decoding: bytes[..<end], as: UTF8.self)
        var position = end
        options = Self.options(bytes, &position)
        arguments = String(decoding: bytes[position...], as: UTF8.self).trimmingSpaces
    }

    /// The words at the front that begin with `--`; a lone `--` ends them and is dropped.
    private static func options(_ bytes: [UInt8], _ position: inout Int) -> [String] {
        var options: [String] = []
        while true {
            while position < bytes.count, bytes[position].isSpace { position += 1 }
            guard bytes[position...].starts(with: "--".utf8) else { return options }
            var word: [UInt8] = []
            var quote: UInt8?
            scan: while position < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: "\\"):
                    if position < bytes.count { word.append(bytes[position]) }
                    position += 1
                case quote: quote = nil
                case UInt8(ascii: "'") where quote == nil, UInt8(ascii: "\"") where quote == nil: quote = byte
                case _ where byte.isSpace && quote == nil: break scan
                default: word.append(byte)
                }
            }
            position = min(position, bytes.count)
            if word == Array("--".utf8) { return options }
            options.append(String(decoding: word, as: UTF8.self))
        }
    }
}

/// Splits at white space that is neither quoted nor escaped; quotes and escapes stay.
func splitWords(_ text: String, escape: EscapeCharacter) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var quote: UInt8?
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
        if byte == escape.rawValue, quote != UInt8(ascii: "'") {
            // At the very end it means nothing.
            if let escaped = bytes.next() { word += [byte, escaped] }
        } else if byte.isSpace, quote == nil {
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
            word = []
        } else {
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            }
            word.append(byte)
        }
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    return words
}

/// Splits at white space, whatever is quoted.
func splitFields(_ text: String) -> [String] {
    text.utf8.split(whereSeparator: \.isSpace).map { String($0) ?? "" }
}
