extension String {
    /// On one line of a terminal without moving anything: control characters (C0, DEL, C1) become `?`, as docker's `top`
    /// has it. What others chose, such as names of processes, is printed so.
    public var withoutControls: String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 < 0x80 }) { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? "?" : $0 }))
    }

    /// The same for text of several lines: line ends and tabs stay.
    public var withoutControlsInLines: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.isControl && $0 != "\n" && $0 != "\t" ? "?" : $0 }))
    }

    /// In quotes on one line, as Go's strconv.Quote writes it.
    public var quotedAsInGo: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{7}": result += "\\a"
            case "\u{8}": result += "\\b"
            case "\u{c}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{b}": result += "\\v"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                result += "\\x" + String(scalar.value, radix: 16).leftPadded(to: 2)
            case _ where scalar.isControl:
                result += "\\u" + String(scalar.value, radix: 16).leftPadded(to: 4)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
