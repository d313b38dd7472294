extension ParserDirectives {
    /// Reads the directives at the top of a file. What is not one, or not a known one, ends them.
    ///
    /// - Parameter warnings: gets what is odd about them.
    init(_ bytes: [UInt8], from start: Int) throws(DirectiveError) {
        self.init()
        var position = start
        var line = 0
        var seen: Set<String> = []
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: 0x0a) ?? bytes.count
            line += 1
            guard let (name, value) = Self.directive(bytes[position..<end]) else { return }
            position = end + 1
            guard ["syntax", "escape", "check"].contains(name) else { return }
            guard seen.insert(name).inserted else {
                throw DirectiveError(line: line, reason: "there is more than one directive \(name)")
            }
            switch name {
            case "syntax": syntax = value
            case "escape":
                let bytes = Array(value.utf8)
                guard bytes.count == 1, let character = EscapeCharacter(rawValue: bytes[0]) else {
                    throw DirectiveError(line: line, reason: "escape=\(value) is neither \\ nor `")
                }
                escape = character
            default: try readCheck(value, line)
            }
        }
    }

    /// `skip=A,B;error=true`.
    private mutating func readCheck(_ value: String, _ line: Int) throws(DirectiveError) {
        for setting in value.split(separator: ";") {
            let parts = setting.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
            switch (parts.first, parts.count) {
            case ("skip", 2):
                skippedChecks = Set(parts[1].split(separator: ",").map { $0.trimmingSpaces.lowercased() })
            case ("error", 2) where ["true", "1", "false", "0"].contains(parts[1].lowercased()):
                checksFail = ["true", "1"].contains(parts[1].lowercased())
            case ("experimental", 2): continue
            default:
                throw DirectiveError(
                    line: line, reason: "check=\(value) is not of the form skip=NAME,NAME;error=true")
            }
        }
    }

    /// `# name = value`.
    private static func directive(_ line: ArraySlice<UInt8>) -> (String, String)? {
        let text = String(decoding: line.prefix(4096), as: UTF8.self).trimmingSpaces
        guard text.hasPrefix("#"), let equals = text.firstIndex(of: "=") else { return nil }
        let name = text[text.index(after: text.startIndex)..<equals].trimmingSpaces
        let value = text[text.index(after: equals)...].trimmingSpaces
        guard let first = name.utf8.first, first.isLetter, name.utf8.allSatisfy({ $0.isLetter || $0.isDigit }),
            !value.isEmpty
        else { return nil }
        return (name.lowercased(), value)
    }
}

struct DirectiveError: Error {
    let line: Int
    let reason: String
}

extension StringProtocol {
    /// Without ASCII white space at both ends.
    var trimmingSpaces: String {
        let text = Substring(self)
        guard let first = text.utf8.firstIndex(where: { !$0.isSpace }),
            let last = text.utf8.lastIndex(where: { !$0.isSpace })
        else { return "" }
        return String(text[first...last])
    }
}
