/// A pattern of `${name#pattern}`: `*`, `?` and `\` before one of them; there are no brackets.
struct ShellPattern {
    private enum Part {
        case byte(UInt8)
        case one
        case any
    }

    /// Comparisons one substitution may cost; beyond it is somebody's attempt to keep us busy.
    private static let costLimit = 100_000_000

    private var parts: [Part] = []

    init(_ bytes: [UInt8]) throws(WordError) {
        var position = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "*"): parts.append(.any)
            case UInt8(ascii: "?"): parts.append(.one)
            case UInt8(ascii: "\\"):
                position += 1
                guard position < bytes.count, "*?\\}/".utf8.contains(bytes[position]) else {
                    throw WordError("in a pattern, \"\\\" stands only before *, ?, \\, } and /")
                }
                parts.append(.byte(bytes[position]))
            case let byte: parts.append(.byte(byte))
            }
            position += 1
        }
    }

    func prefixLength(of content: ArraySlice<UInt8>, longest: Bool) throws(WordError) -> Int? {
        var cost = 0
        return try length(parts, content, longest: longest, isReversed: false, &cost)
    }

    func suffixLength(of content: [UInt8], longest: Bool) throws(WordError) -> Int? {
        var cost = 0
        return try length(parts.reversed(), content.reversed()[...], longest: longest, isReversed: true, &cost)
    }

    /// - Parameter all: not only the first match is replaced.
    func replacing(in content: [UInt8], with text: [UInt8], all: Bool) throws(WordError) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        var cost = 0
        while position <= content.count {
            let found = try length(parts, content[position...], longest: true, isReversed: false, &cost)
            if let found {
                result += text
                if !all { return result + content[(position + found)...] }
            }
            if let found, found > 0 {
                position += found
                // A `*` has taken everything: there is no further, empty match.
                if position == content.count { break }
            } else {
                if position < content.count { result.append(content[position]) }
                position += 1
            }
            if result.count > WordLexer.sizeLimit { throw WordError("the result is longer than 16 MiB") }
        }
        return result
    }

    /// Follows all ways through the pattern at once.
    private func length(
        _ parts: [Part], _ content: ArraySlice<UInt8>, longest: Bool, isReversed: Bool, _ cost: inout Int
    ) throws(WordError) -> Int? {
        var states = [Bool](repeating: false, count: parts.count + 1)
        states[0] = true
        Self.skipStars(parts, &states)
        var found = states[parts.count] ? 0 : Int?.none
        if found != nil, !longest { return found }
        for (offset, byte) in content.enumerated() {
            cost += parts.count + 1
            if cost > Self.costLimit { throw WordError("the pattern takes too long on this value") }
            var following = [Bool](repeating: false, count: parts.count + 1)
            var isAlive = false
            for (index, part) in parts.enumerated() where states[index] {
                switch part {
                case .any: following[index] = true
                case .byte(let wanted) where wanted == byte: following[index + 1] = true
                case .byte: continue
                // One character may be several bytes: the state moves on with the last one.
                case .one:
                    let isWithin = isReversed ? byte & 0xc0 == 0x80 : Self.continues(content, offset + 1)
                    following[isWithin ? index : index + 1] = true
                }
                isAlive = true
            }
            states = following
            Self.skipStars(parts, &states)
            if states[parts.count] {
                found = offset + 1
                if !longest { return found }
            }
            if !isAlive { break }
        }
        return found
    }

    private static func continues(_ content: ArraySlice<UInt8>, _ offset: Int) -> Bool {
        offset < content.count && content[content.startIndex + offset] & 0xc0 == 0x80
    }

    private static func skipStars(_ parts: [Part], _ states: inout [Bool]) {
        for (index, part) in parts.enumerated() where states[index] {
            if case .any = part { states[index + 1] = true }
        }
    }
}
