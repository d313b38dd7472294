/// Reads the text of a pattern.
struct PatternReader {
    private let pattern: String
    private let scalars: [Unicode.Scalar]
    private let hasDoubleStars: Bool
    private var position = 0

    init(pattern: String, hasDoubleStars: Bool) {
        self.pattern = pattern
        scalars = Array(pattern.unicodeScalars)
        self.hasDoubleStars = hasDoubleStars
    }

    mutating func read() throws(PatternError) -> [PatternAutomaton.Part] {
        guard scalars.count <= 4096 else { throw wrong("is longer than 4096 characters") }
        var parts: [PatternAutomaton.Part] = []
        while let scalar = take() {
            switch scalar {
            case "*":
                if let part = star(), part != parts.last || part == .directories { parts.append(part) }
            case "?": parts.append(.one)
            case "[": parts.append(try brackets())
            case "\\":
                guard let escaped = take() else { throw wrong("ends with a backslash") }
                parts += String(escaped).utf8.map { .byte($0) }
            default: parts += String(scalar).utf8.map { .byte($0) }
            }
        }
        return parts
    }

    private mutating func take() -> Unicode.Scalar? {
        guard position < scalars.count else { return nil }
        position += 1
        return scalars[position - 1]
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    /// After the first `*`.
    private mutating func star() -> PatternAutomaton.Part? {
        guard hasDoubleStars, next == "*" else { return .star }
        while next == "*" { position += 1 }
        if next == "/" { position += 1 } else if next == nil { return .everything }
        return .directories
    }

    /// After `[`.
    private mutating func brackets() throws(PatternError) -> PatternAutomaton.Part {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        let isNegated = next == "^"
        if isNegated { position += 1 }
        while next != "]" || ranges.isEmpty {
            let low = try member()
            var high = low
            if next == "-" {
                position += 1
                high = try member()
            }
            guard low <= high else { throw wrong("has a range that ends before it begins") }
            ranges.append(low...high)
        }
        position += 1
        return .among(ranges, isNegated: isNegated)
    }

    private mutating func member() throws(PatternError) -> Unicode.Scalar {
        guard let scalar = take() else { throw wrong("has no \"]\" for its \"[\"") }
        switch scalar {
        case "\\":
            guard let escaped = take() else { throw wrong("has no \"]\" for its \"[\"") }
            return escaped
        case "-", "]": throw wrong("has \"\(scalar)\" where \"[…]\" needs a character")
        default: return scalar
        }
    }

    private func wrong(_ reason: String) -> PatternError { PatternError(pattern: pattern, reason: reason) }
}
