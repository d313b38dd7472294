import ComposeModel

@testable import ComposeLoader

/// The text of docs/compose-file.md: every attribute that the loader knows, who acts on it, and what is not done.
enum ComposeFileDocument {
    static var text: String {
        let paths = attributePaths()
        var lines = [introduction, "", "## What is missing", "", "| Attribute | What happens |", "| --- | --- |"]
        for path in paths {
            for exception in AttributeSupport.byPath[path]?.exceptions ?? [] {
                lines.append("| `\(path)` | \(effect(exception)) |")
            }
        }
        lines += ["", "## All attributes", "", legend]
        for (title, prefix) in sections {
            lines += ["", "### \(title)", "", "| Attribute | Who acts |", "| --- | --- |"]
            for path in paths where section(of: path) == prefix { lines.append("| `\(path)` | \(sign(path)) |") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func effect(_ exception: Support.Exception) -> String {
        let effect = exception.effect == .refused ? "refused" : "a warning"
        func listed(_ values: [String]) -> String { values.map { "`\($0)`" }.joined(separator: ", ") }
        switch exception.condition {
        case .oneOf(let values): return "\(effect) if \(listed(values)): \(exception.reason)"
        case .otherThan(let values): return "\(effect) unless \(listed(values)): \(exception.reason)"
        case .anything, .keysOtherThan, .entries, .when, .across, .checked: return "\(effect): \(exception.reason)"
        }
    }

    private static func sign(_ path: String) -> String {
        guard let support = AttributeSupport.byPath[path] else { return "unknown" }
        let exceptions = support.exceptions.isEmpty ? "" : ", but see above"
        switch support.taker {
        case .acted(let reader): return "✓ \(reader)\(exceptions)"
        case .recorded(let reason): return "nobody has to: \(reason)\(exceptions)"
        case .nobody: return support.exceptions.contains { $0.effect == .refused } ? "refused" : "ignored"
        case .asAbove: return sign(above(path)).replacing(", but see above", with: "") + exceptions
        }
    }

    /// The attribute that one is a part of.
    private static func above(_ path: String) -> String {
        var keys = path.split(separator: ".").dropLast()
        while let last = keys.last, AttributeSupport.byPath[keys.joined(separator: ".")] == nil {
            let place = keys.count - 1
            if last.hasSuffix("[]") { keys[place] = last.dropLast(2) } else { keys.removeLast() }
        }
        return keys.joined(separator: ".")
    }

    private static let sections = [
        ("The file", ""), ("Services", "services"), ("`build`", "services.*.build"), ("`deploy`", "services.*.deploy"),
        ("`develop`", "services.*.develop"), ("Networks", "networks"), ("Volumes", "volumes"), ("Secrets", "secrets"),
        ("Configs", "configs"), ("Models", "models"),
    ]

    /// The longest section that the path lies in.
    private static func section(of path: String) -> String {
        sections.map(\.1).filter { !$0.isEmpty && (path == $0 || path.hasPrefix($0 + ".")) }.max { $0.count < $1.count }
            ?? ""
    }

    private static let introduction = """
        # The Compose file

        <!-- Made by `make golden` from AttributeSupport (Sources/Project/ComposeLoader) and the loader's shapes. -->

        The language is the [Compose Specification](https://github.com/compose-spec/compose-spec/blob/main/spec.md), read
        as docker compose 2.40 does, quirks included: discovery, `.env`, interpolation, several files, `extends`,
        `include`, profiles, `!reset` and `!override`. `compose config` prints how a file was understood, with all
        defaults and variables filled in; `compose config --quiet` only checks it. A mistake is reported with file, line
        and column, all mistakes of a file at once.

        Every attribute is loaded, checked and shown by `config`. What this program then does not act on is refused by
        name before anything is made, or warned about where the service works without; both name file, line and column.
        """

    private static let legend = """
        `*` stands for a name that the file chooses, `[]` for an item of a list. ✓ is acted upon as docker compose does,
        by the named part of the program: the target below `Sources` and the file or type in it. "ignored" and "refused"
        are explained above, and so is what holds for some values only. Keys that begin with `x-` may stand anywhere and
        mean nothing.
        """
}
