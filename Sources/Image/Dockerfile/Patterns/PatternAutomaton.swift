/// Why a pattern is not one.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The pattern that is wrong.
    public var pattern: String
    /// What is wrong with it.
    public var reason: String

    public var description: String { "the pattern \"\(pattern.prefix(200))\" \(reason)" }
}

/// A path pattern that is followed byte by byte, all its possibilities at once: time is at most the pattern's length
/// times the path's, whatever stars there are.
struct PatternAutomaton: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case byte(UInt8)
        /// `?`: one character but no `/`.
        case one
        /// `[a-z]`; ranges of characters.
        case among([ClosedRange<Unicode.Scalar>], isNegated: Bool)
        /// `*`: any bytes but `/`.
        case star
        /// `**/`: nothing, or anything up to and with a `/`.
        case directories
        /// `**` at the end: everything.
        case everything
    }

    let parts: [Part]
    /// The pattern without escapes, if nothing in it is special.
    let literal: [UInt8]?

    /// - Parameter hasDoubleStars: `**` goes over `/`, as in ignore files; else it is two stars.
    init(_ pattern: String, hasDoubleStars: Bool) throws(PatternError) {
        var reader = PatternReader(pattern: pattern, hasDoubleStars: hasDoubleStars)
        parts = try reader.read()
        var bytes: [UInt8] = []
        for case .byte(let byte) in parts { bytes.append(byte) }
        literal = bytes.count == parts.count ? bytes : nil
    }

    /// What following a path told.
    struct Outcome {
        /// The whole path matches.
        var matches = false
        /// A directory that the path is in matches.
        var matchesParent = false
        /// Longer paths that begin with this one may match.
        var mayGoOn = false
    }

    func follow(_ path: [UInt8]) -> Outcome {
        if let literal { return followLiteral(literal, path) }
        var states = StateSet()
        var outcome = Outcome()
        enter(0, &states)
        var position = 0
        while position < path.count, !states.isEmpty {
            if path[position] == UInt8(ascii: "/"), states.contains(parts.count) { outcome.matchesParent = true }
            let (scalar, width) = decodeScalar(path, position)
            var following = StateSet()
            if width == 1 {
                states.forEach(below: parts.count) { step($0, path[position], scalar, &following) }
            } else {
                followWide(states, Array(path[position..<(position + width)]), scalar, &following)
            }
            position += width
            states = following
        }
        outcome.matches = position == path.count && states.contains(parts.count)
        outcome.mayGoOn = hasWay(states)
        return outcome
    }

    private func followLiteral(_ literal: [UInt8], _ path: [UInt8]) -> Outcome {
        var outcome = Outcome()
        outcome.matches = path == literal
        outcome.matchesParent =
            path.count > literal.count && path[literal.count] == UInt8(ascii: "/") && path.starts(with: literal)
        outcome.mayGoOn = literal.count > path.count && literal.starts(with: path)
        return outcome
    }

    private func hasWay(_ states: StateSet) -> Bool {
        var hasWay = false
        states.forEach(below: parts.count) { _ in hasWay = true }
        return hasWay
    }

    private func isByte(_ part: Part) -> Bool {
        if case .byte = part { return true }
        return false
    }

    /// Over a character of several bytes: literal parts take them one after the other, others at once.
    private func followWide(
        _ states: StateSet, _ bytes: [UInt8], _ scalar: Unicode.Scalar, _ following: inout StateSet
    ) {
        states.forEach(below: parts.count) { state in
            guard isByte(parts[state]) else { return step(state, bytes[0], scalar, &following) }
            let end = state + bytes.count
            if end <= parts.count, parts[state..<end].elementsEqual(bytes.map { Part.byte($0) }) {
                enter(end, &following)
            }
        }
    }

    private func step(_ state: Int, _ byte: UInt8, _ scalar: Unicode.Scalar, _ following: inout StateSet) {
        let isSlash = byte == UInt8(ascii: "/")
        switch parts[state] {
        case .byte(let wanted): if wanted == byte { enter(state + 1, &following) }
        case .one: if !isSlash { enter(state + 1, &following) }
        case .among(let ranges, let isNegated):
            if !isSlash, ranges.contains(where: { $0.contains(scalar) }) != isNegated { enter(state + 1, &following) }
        case .star: if !isSlash { enter(state, &following) }
        case .directories:
            // Until the next slash there is no way on.
            _ = following.insert(state)
            if isSlash { enter(state + 1, &following) }
        case .everything: enter(state, &following)
        }
    }

    /// The state, and those behind parts that may be nothing.
    private func enter(_ state: Int, _ states: inout StateSet) {
        var state = state
        while states.insert(state), state < parts.count {
            switch parts[state] {
            case .star, .directories, .everything: state += 1
            case .byte, .one, .among: return
            }
        }
    }
}

/// The character at a position and its bytes; a broken one is one byte.
private func decodeScalar(_ bytes: [UInt8], _ position: Int) -> (Unicode.Scalar, Int) {
    let first = bytes[position]
    guard first >= 0xc2 else { return (Unicode.Scalar(first), 1) }
    let width = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard position + width <= bytes.count,
        let text = String(validating: bytes[position..<(position + width)], as: UTF8.self),
        let scalar = text.unicodeScalars.first
    else { return (Unicode.Scalar(first), 1) }
    return (scalar, width)
}
