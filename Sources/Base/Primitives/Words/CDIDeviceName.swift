/// `vendor.com/class=name`: a device of the Container Device Interface.
public struct CDIDeviceName: Sendable, Hashable, CustomStringConvertible {
    /// `vendor.com/class`: what one specification describes.
    public var kind: String
    /// Of the device; mostly a number, an identifier, or `all`.
    public var name: String

    public init(kind: String, name: String) {
        self.kind = kind
        self.name = name
    }

    /// nil for a text that is not one, such as a path.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isKind(parts[0]), Self.isName(parts[1]) else { return nil }
        self.init(kind: String(parts[0]), name: String(parts[1]))
    }

    public var description: String { "\(kind)=\(name)" }

    /// Whether it is `vendor.com/class`: both begin with a letter and end with a letter or digit.
    public static func isKind(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        return isWord(parts[0], inner: "_-.", digitFirst: false) && isWord(parts[1], inner: "_-", digitFirst: false)
    }

    /// Whether it can be the name of a device.
    public static func isName(_ text: some StringProtocol) -> Bool { isWord(text, inner: "_-.:", digitFirst: true) }

    private static func isWord(_ text: some StringProtocol, inner: String, digitFirst: Bool) -> Bool {
        func isLetter(_ character: Character) -> Bool { character.isASCII && character.isLetter }
        func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
        guard let first = text.first, let last = text.last, isLetter(first) || digitFirst && isDigit(first),
            isLetter(last) || isDigit(last)
        else { return false }
        return text.allSatisfy { isLetter($0) || isDigit($0) || inner.contains($0) }
    }
}
