extension Double {
    /// As Go's `strconv.ParseFloat` reads a number: hexadecimal ones have an exponent, underscores may stand between
    /// digits.
    public init?(goSyntax text: String) {
        guard let first = text.utf8.first, first != UInt8(ascii: " "), !text.utf8.contains(UInt8(ascii: "(")) else {
            return nil
        }
        let hexadecimal = text.utf8.contains { $0 | 32 == UInt8(ascii: "x") }
        if hexadecimal, !text.utf8.contains(where: { $0 | 32 == UInt8(ascii: "p") }) { return nil }
        guard text.utf8.contains(UInt8(ascii: "_")) else {
            self.init(text)
            return
        }
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        for (left, right) in zip(parts, parts.dropFirst()) {
            guard left.last?.isHexDigit == true, right.first?.isHexDigit == true else { return nil }
        }
        self.init(parts.joined())
    }
}
