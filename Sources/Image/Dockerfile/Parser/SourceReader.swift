/// An instruction's text with continued lines joined, and what belongs to it.
struct SourceLine {
    /// Without white space around it.
    var text: String
    var location: LineRange
    var heredocs: [Heredoc] = []
    /// A blank line stood within the continued lines.
    var hasBlankLine = false
    /// The comment right above, each line without `#`.
    var comments: [String] = []
}

/// What is wrong with a line or an instruction; the place is added by who knows it.
struct SyntaxError: Error {
    let reason: String
    let hint: String?

    init(_ reason: String, hint: String? = nil) {
        self.reason = reason
        self.hint = hint
    }
}

/// Takes the instructions' lines off a file one by one.
struct SourceReader {
    private let bytes: [UInt8]
    private var position: Int
    private let escape: UInt8
    /// Number of the line that was read last.
    private(set) var line: Int

    /// - Parameters:
    ///   - position: where the first line begins.
    ///   - line: how many lines are before it.
    init(_ bytes: [UInt8], position: Int, line: Int, escape: EscapeCharacter) {
        self.bytes = bytes
        self.position = position
        self.line = line
        self.escape = escape.rawValue
    }

    /// The next instruction, its heredocs not read yet; nil at the end of the file.
    mutating func nextLine() throws(SyntaxError) -> SourceLine? {
        var comments: [String] = []
        while let range = nextRange() {
            let first = Self.trim(bytes, range)
            if first.isEmpty {
                comments = []
                continue
            }
            if bytes[first.lowerBound] == UInt8(ascii: "#") {
                comments.append(
                    String(decoding: bytes[Self.trim(bytes, (first.lowerBound + 1)..<first.upperBound)], as: UTF8.self))
                continue
            }
            var joined = SourceLine(text: "", location: LineRange(line, line), comments: comments)
            let isBlank = try join(first.lowerBound..<range.upperBound, into: &joined)
            if !isBlank { return joined }
            comments = []
        }
        return nil
    }

    /// Adds continuing lines.
    ///
    /// - Returns: there was nothing but continuation characters.
    private mutating func join(_ first: Range<Int>, into joined: inout SourceLine) throws(SyntaxError) -> Bool {
        var text: [UInt8] = []
        var (content, continues) = continuation(first)
        text += bytes[content]
        while continues, let range = nextRange() {
            let trimmed = Self.trim(bytes, range)
            if trimmed.isEmpty {
                joined.hasBlankLine = true
                continue
            }
            if bytes[trimmed.lowerBound] == UInt8(ascii: "#") { continue }
            (content, continues) = continuation(range)
            text += bytes[content]
        }
        joined.location.last = line
        let trimmed = Self.trim(text, 0..<text.count)
        guard let string = String(validating: text[trimmed], as: UTF8.self) else {
            throw SyntaxError("the instruction is not UTF-8 text")
        }
        if text.contains(0) { throw SyntaxError("the instruction holds a NUL byte") }
        joined.text = string
        return trimmed.isEmpty
    }

    /// Reads the lines up to the one that is `heredoc.name` into its content.
    mutating func read(_ heredoc: inout Heredoc) throws(SyntaxError) {
        let start = position
        let terminator = Array(heredoc.name.utf8)
        while let range = nextRange() {
            var content = range
            if heredoc.stripsTabs {
                while !content.isEmpty, bytes[content.lowerBound] == UInt8(ascii: "\t") {
                    content = (content.lowerBound + 1)..<content.upperBound
                }
            }
            guard bytes[content].elementsEqual(terminator) else { continue }
            guard let text = String(validating: bytes[start..<range.lowerBound], as: UTF8.self), !text.utf8.contains(0)
            else { throw SyntaxError("the heredoc \(heredoc.name) is not UTF-8 text") }
            heredoc.written = text
            heredoc.content = heredoc.stripsTabs ? Self.withoutTabs(text) : text
            return
        }
        throw SyntaxError(
            "the heredoc \(heredoc.name) has no end", hint: "a line that is only \(heredoc.name) must follow it")
    }

    /// The next physical line without its end.
    private mutating func nextRange() -> Range<Int>? {
        guard position < bytes.count else { return nil }
        let start = position
        var end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
        position = min(end + 1, bytes.count)
        while end > start, bytes[end - 1] == 0x0d { end -= 1 }
        line += 1
        return start..<end
    }

    /// The line without the escape character at its end; two of them are not a continuation.
    private func continuation(_ range: Range<Int>) -> (Range<Int>, Bool) {
        var end = range.upperBound
        while end > range.lowerBound, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        guard end > range.lowerBound, bytes[end - 1] == escape else { return (range, false) }
        if end - 1 > range.lowerBound, bytes[end - 2] == escape { return (range, false) }
        return (range.lowerBound..<(end - 1), true)
    }

    private static func trim(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start].isSpace { start += 1 }
        while end > start, bytes[end - 1].isSpace { end -= 1 }
        return start..<end
    }

    private static func withoutTabs(_ text: String) -> String {
        var result: [UInt8] = []
        var isStart = true
        for byte in text.utf8 {
            if isStart, byte == 0x09 { continue }
            isStart = byte == 0x0a
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
