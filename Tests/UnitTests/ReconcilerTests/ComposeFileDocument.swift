import ComposeLoader
import Reconciler

/// The text of docs/compose-file.md: every attribute that the loader knows, and what is not done with it.
enum ComposeFileDocument {
    static var text: String {
        let gaps = attributeGaps.sorted { $0.path < $1.path }
        let paths = attributePaths()
        var lines = [introduction, "", "## What is missing", "", "| Attribute | What happens |", "| --- | --- |"]
        for gap in gaps { lines.append("| `\(gap.path)` | \(effect(gap)) |") }
        lines += ["", "## All attributes", "", legend]
        for (title, prefix) in sections {
            let own = paths.filter { section(of: $0) == prefix }
            lines += ["", "### \(title)", "", "| Attribute | |", "| --- | --- |"]
            for path in own {
                let found = gaps.filter { $0.path == path || path.hasPrefix($0.path + ".") }
                let sign = found.isEmpty ? "✓" : found.contains { $0.effect == .refused } ? "refused" : "ignored"
                lines.append("| `\(path)` | \(sign) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func effect(_ gap: AttributeGap) -> String {
        (gap.effect == .refused ? "refused: " : "a warning: ") + gap.reason
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

        <!-- Made by `make golden` from attributeGaps (Sources/Project/Reconciler) and the loader's shapes. -->

        The language is the [Compose Specification](https://github.com/compose-spec/compose-spec/blob/main/spec.md), read
        as docker compose 2.40 does, quirks included: discovery, `.env`, interpolation, several files, `extends`,
        `include`, profiles, `!reset` and `!override`. `compose config` prints how a file was understood, with all
        defaults and variables filled in; `compose config --quiet` only checks it. A mistake is reported with file, line
        and column, all mistakes of a file at once.

        Every attribute is loaded, checked and shown by `config`. What this program then does not act on is refused by
        name before anything is made, or warned about where the service works without.
        """

    private static let legend = """
        `*` stands for a name that the file chooses, `[]` for an item of a list. ✓ is acted upon as docker compose does;
        "ignored" and "refused" are explained above, often for some values only. Keys that begin with `x-` may stand
        anywhere and mean nothing.
        """
}
