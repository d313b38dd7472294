/// A number of bytes, as people write it with a unit.
public struct ByteCount: Hashable, Comparable, Sendable {
    /// Never negative when it was parsed.
    public var bytes: Int64

    public init(_ bytes: Int64) {
        self.bytes = bytes
    }

    /// What a `k` is: memory and disks are written with 1024, Docker's log files with 1000 (go-units).
    public enum Scale: Sendable {
        case binary, decimal
    }

    /// `1.5g`, `512 MB`, `64k`, `10KiB`, `100`: a number that is not negative, and a unit from `b` to `p` in any case.
    /// Fractions of bytes are dropped.
    public init(parsing text: some StringProtocol, scale: Scale = .binary) throws(GrammarError) {
        let characters = Array(text.utf8)
        func wrong(_ offset: Int) -> GrammarError {
            GrammarError("is not a size, use a number and b, k, m or g", in: text, at: offset)
        }
        let isNumber: (UInt8) -> Bool = { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard let last = characters.lastIndex(where: { isNumber($0) || $0 == 0x20 }) else { throw wrong(0) }
        let number = characters[last] == 0x20 ? characters[..<last] : characters[...last]
        guard let value = Double(goSyntax: String(decoding: number, as: UTF8.self)), value >= 0, value.isFinite else {
            throw wrong(0)
        }
        let unit = String(decoding: characters[(last + 1)...], as: UTF8.self).lowercased()
        guard let power = Self.power(unit) else { throw wrong(last + 1) }
        var size = value
        for _ in 0..<power { size *= scale == .binary ? 1024 : 1000 }
        guard size < 9.2e18 else { throw wrong(0) }
        bytes = Int64(size)
    }

    private static func power(_ unit: String) -> Int? {
        guard let first = unit.first else { return 0 }
        if unit == "b" { return 0 }
        guard ["", "b", "ib"].contains(unit.dropFirst()), let place = "kmgtp".firstIndex(of: first) else { return nil }
        return "kmgtp".distance(from: "kmgtp".startIndex, to: place) + 1
    }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}
