/// Patterns of paths as `.dockerignore` has them: `*` and `?` within a name, `**` over any number of names, a leading `!`
/// takes a path out again. A pattern that matches a directory matches all below it.
struct PathPatterns: Sendable, Equatable {
    private struct Pattern: Sendable, Equatable {
        var names: [[Character]]
        var excludes: Bool
    }

    private var patterns: [Pattern] = []

    init(_ lines: [String]) {
        for line in lines {
            var text = Substring(line).drop { $0 == " " }
            while text.last == " " || text.last == "\r" { text.removeLast() }
            if text.isEmpty || text.first == "#" { continue }
            let excludes = text.first == "!"
            if excludes { text = text.dropFirst() }
            let names = text.split(separator: "/").filter { $0 != "." }.map(Array.init)
            if !names.isEmpty { patterns.append(Pattern(names: names, excludes: excludes)) }
        }
    }

    var isEmpty: Bool { patterns.isEmpty }

    /// Whether a relative path, or a directory above it, is matched; the last pattern that says something decides.
    func match(_ path: String) -> Bool {
        let names = path.split(separator: "/").map(Array.init)
        var matched = false
        for pattern in patterns {
            for count in stride(from: names.count, to: 0, by: -1)
            where Self.match(pattern.names[...], names[..<count]) {
                matched = !pattern.excludes
                break
            }
        }
        return matched
    }

    private static func match(_ pattern: ArraySlice<[Character]>, _ names: ArraySlice<[Character]>) -> Bool {
        guard let first = pattern.first else { return names.isEmpty }
        if first == ["*", "*"] {
            let rest = pattern.dropFirst()
            return (names.startIndex...names.endIndex).contains { match(rest, names[$0...]) }
        }
        guard let name = names.first, matchName(first[...], name[...]) else { return false }
        return match(pattern.dropFirst(), names.dropFirst())
    }

    private static func matchName(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        switch first {
        case "*":
            let rest = pattern.dropFirst()
            return (name.startIndex...name.endIndex).contains { matchName(rest, name[$0...]) }
        case "?": return !name.isEmpty && matchName(pattern.dropFirst(), name.dropFirst())
        case "\\" where pattern.count > 1:
            return name.first == pattern.dropFirst().first && matchName(pattern.dropFirst(2), name.dropFirst())
        default: return name.first == first && matchName(pattern.dropFirst(), name.dropFirst())
        }
    }
}
