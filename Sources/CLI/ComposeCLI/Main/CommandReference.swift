/// `docs/commands.md`: every command with its options.
enum CommandReference {
    static func text() throws -> String {
        var text = """
            # Commands

            All commands and their options, written from the program's own list (`make golden`). Names and meanings are
            docker compose's where it has the command; `builder`, `image`, `network`, `system`, `volume`, `login` and
            `logout` are docker's.
            What differs is in [differences](differences.md).

            Each flag can be written as `--flag`, `--flag=true` or `--flag=false`; options before the command belong to
            `compose`, those after it to the command.

            ## `compose`

            ```
            compose [OPTIONS] COMMAND
            ```


            """
        text += table(RootOptions.syntax)
        for entry in CommandList.commands { text += try section(entry, level: "##") }
        for group in CommandList.groups {
            text += "\n## `compose \(group.name)`\n\n\(group.summary).\n"
            for entry in group.commands { text += try section(entry, level: "###") }
        }
        return text
    }

    private static func section(_ entry: CommandEntry, level: String) throws -> String {
        let syntax = try entry.syntax()
        var text = "\n\(level) `compose \(entry.path)`\n\n\(sentence(entry.summary))\n"
        if let details = entry.type.details { text += "\n\(details)\n" }
        if !entry.aliases.isEmpty {
            text += "\nAlso: \(entry.aliases.map { "`\($0)`" }.joined(separator: ", ")).\n"
        }
        text +=
            "\n```\n" + entry.usage(syntax).map { "compose \(entry.path) \($0)".trimmedEnd + "\n" }.joined() + "```\n"
        let options = table(syntax)
        return options.isEmpty ? text : text + "\n" + options
    }

    private static func table(_ syntax: CommandSyntax) -> String {
        let shown = syntax.options.filter(\.isShown)
        var text = ""
        if !shown.isEmpty {
            text += "| Option | Value | What it does |\n| --- | --- | --- |\n"
            for option in shown { text += row(option) }
        }
        let hidden = syntax.options.filter { !$0.isShown }
        if !hidden.isEmpty {
            text += shown.isEmpty ? "" : "\n"
            text += "Not shown by `--help`:\n\n"
            for option in hidden { text += "* `--\(option.name)`: \(sentence(escaped(option.help)))\n" }
        }
        return text
    }

    private static func row(_ option: CommandOption) -> String {
        var value = ""
        if case .value(let type) = option.kind { value = type }
        if !option.defaultValue.isEmpty { value += (value.isEmpty ? "" : ", ") + "default `\(option.defaultValue)`" }
        let name = (option.letter.map { "`-\($0)`, " } ?? "") + "`--\(option.name)`"
        return "| \(name) | \(value) | \(escaped(option.help)) |\n"
    }

    private static func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
            .split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\<")
    }
}

extension String {
    fileprivate var trimmedEnd: String { hasSuffix(" ") ? String(dropLast()) : self }
}
