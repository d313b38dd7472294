extension FixedWidthInteger {
    /// The number that `text` writes in ASCII digits and nothing else: no sign, no blanks, no digits of other scripts.
    ///
    /// nil for an empty text and for a number that does not fit. Leading zeros are taken.
    public init?(digits text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        self.init(text, radix: 10)
    }
}

extension UInt8 {
    /// Whether this is the ASCII code of a hexadecimal digit. (`Character.isHexDigit` takes digits of other scripts.)
    var isHexDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
