/// One port or several that follow each other: `80`, `8000-8010`.
public struct PortRange: Hashable, Sendable, LosslessStringConvertible {
    /// Both ends included; may begin with 0, which is for whoever uses it to allow.
    public let numbers: ClosedRange<UInt16>

    public init(_ numbers: ClosedRange<UInt16>) {
        self.numbers = numbers
    }

    /// A single port.
    public init(_ number: UInt16) {
        self.init(number...number)
    }

    /// Decimal numbers in ASCII digits, the second not below the first.
    public init?(_ text: String) {
        self.init(text[...])
    }

    init?(_ text: Substring) {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = UInt16(digits: ends[0]), let last = UInt16(digits: ends[ends.count - 1]), first <= last
        else { return nil }
        self.init(first...last)
    }

    /// - Throws: with the place in `whole`, of which `text` is a part. `what` is named: "host port".
    init(_ text: Substring, what: String, of whole: String) throws(GrammarError) {
        guard let range = PortRange(text) else {
            throw GrammarError(text, of: whole, "is not a \(what), use 80 or 8000-8010", as: "a port")
        }
        self = range
    }

    /// The lowest port.
    public var first: UInt16 { numbers.lowerBound }
    /// The highest port; the same as ``first`` for a single one.
    public var last: UInt16 { numbers.upperBound }
    /// Up to 65536.
    public var count: Int { numbers.count }

    public var description: String { first == last ? "\(first)" : "\(first)-\(last)" }
}
