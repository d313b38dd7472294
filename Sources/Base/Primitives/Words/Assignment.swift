/// A line of an environment, a label, an option or a build argument: `NAME=VALUE`, or `NAME` alone.
public struct Assignment: Hashable, Sendable {
    /// What is before the first `=`.
    public var name: String
    /// nil without `=`: often the value is then taken from the caller's environment.
    public var value: String?

    public init(_ name: String, _ value: String?) {
        self.name = name
        self.value = value
    }

    /// Splits at the first `=`. Nothing is trimmed, and nothing is refused: what a name may be, each place decides.
    public init(parsing text: some StringProtocol) {
        if let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
            self.init(String(text[..<sign]), String(text[text.utf8.index(after: sign)...]))
        } else {
            self.init(String(text), nil)
        }
    }
}
