/// The keys that let go of a container's terminal without ending its program.
public struct DetachKeys: Hashable, Sendable {
    /// Ctrl-p, then Ctrl-q.
    public static let standard = DetachKeys(bytes: [0x10, 0x11])

    /// What the terminal sends for them, in order; never empty.
    public let bytes: [UInt8]

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Keys with commas between them: a character, or `ctrl-` and one of `a` to `z`, `@`, `[`, `\`, `]`, `^`, `_`.
    public init(parsing text: String) throws(GrammarError) {
        var bytes: [UInt8] = []
        var offset = 0
        for key in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let byte = Self.byte(key.utf8) else {
                throw GrammarError("is not a sequence of keys such as ctrl-p,ctrl-q", in: text, at: offset)
            }
            bytes.append(byte)
            offset += key.utf8.count + 1
        }
        self.bytes = bytes
    }

    private static func byte(_ key: Substring.UTF8View) -> UInt8? {
        if key.count == 1, let byte = key.first, byte < 0x80 { return byte }
        guard key.count == 6, key.starts(with: "ctrl-".utf8), let last = key.last else { return nil }
        switch last {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): return last - UInt8(ascii: "a") + 1
        case UInt8(ascii: "@"): return 0
        case UInt8(ascii: "[")...UInt8(ascii: "_"): return last - UInt8(ascii: "[") + 27
        default: return nil
        }
    }
}

/// Looks for the keys in what is typed. What might be their beginning is held back until it shows.
public struct DetachKeyMatcher: Sendable {
    private let keys: [UInt8]
    private var held = 0

    public init(_ keys: DetachKeys) {
        self.keys = keys.bytes
    }

    /// - Returns: what the program gets of `input`, and whether the keys were typed; what follows these is dropped.
    public mutating func take(_ input: some Sequence<UInt8>) -> (passed: [UInt8], detached: Bool) {
        var passed: [UInt8] = []
        for byte in input {
            if byte == keys[held] {
                held += 1
                if held == keys.count { return (passed, true) }
                continue
            }
            passed += keys[..<held]
            // The key may be the first one again.
            held = byte == keys[0] ? 1 : 0
            if held == 0 { passed.append(byte) }
        }
        return (passed, false)
    }
}
