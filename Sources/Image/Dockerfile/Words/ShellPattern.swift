/// A pattern of `${name#pattern}`: `*`, `?` and `\` before one of them; there are no brackets.
struct ShellPattern {
    private enum Part {
        case byte(UInt8)
        case one
        case any
    }

    /// Comparisons one substitution may cost; beyond it is somebody's attempt to keep us busy.
    private static let costLimit = 20_000_000

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
        var states = StateSet()
        Self.enter(0, parts, &states)
        var found = states.contains(parts.count) ? 0 : Int?.none
        if found != nil, !longest { return found }
        for (offset, byte) in content.enumerated() {
            cost += parts.count + 1
            if cost > Self.costLimit { throw WordError("the pattern takes too long on this value") }
            // One character may be several bytes: the state of `?` moves on with the last one.
            let isWithin = isReversed ? byte & 0xc0 == 0x80 : Self.continues(content, offset + 1)
            var following = StateSet()
            states.forEach(below: parts.count) { index in
                switch parts[index] {
                case .any: Self.enter(index, parts, &following)
                case .byte(let wanted): if wanted == byte { Self.enter(index + 1, parts, &following) }
                case .one: Self.enter(isWithin ? index : index + 1, parts, &following)
                }
            }
            states = following
            if states.contains(parts.count) {
                found = offset + 1
                if !longest { return found }
            }
            if states.isEmpty { break }
        }
        return found
    }

    /// The state, and those behind stars.
    private static func enter(_ state: Int, _ parts: [Part], _ states: inout StateSet) {
        var state = state
        while states.insert(state), state < parts.count, case .any = parts[state] { state += 1 }
    }

    private static func continues(_ content: ArraySlice<UInt8>, _ offset: Int) -> Bool {
        offset < content.count && content[content.startIndex + offset] & 0xc0 == 0x80
    }
}
