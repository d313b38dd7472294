/// A command as the list of commands has it.
struct CommandEntry {
    /// As it is typed after `compose`: `up`, `image ls`.
    let path: String
    /// Other words for the last one of `path`.
    let aliases: [String]
    let type: any ComposeCommand.Type
    /// One line of help.
    let summary: String
    /// Whether `--dry-run` means something: the command changes a project's containers, or only looks.
    let hasDryRun: Bool

    var name: String { String(path.split(separator: " ").last ?? "") }

    init(
        _ path: String, _ type: any ComposeCommand.Type, _ summary: String, aliases: [String] = [],
        hasDryRun: Bool = true
    ) {
        self.path = path
        self.type = type
        self.summary = summary
        self.aliases = aliases
        self.hasDryRun = hasDryRun
    }

    func answers(to word: String) -> Bool { word == name || aliases.contains(word) }

    /// What reading a command line needs to know: no help, no defaults, no arguments.
    func options() throws -> CommandSyntax { try DeclaredOptions.syntax(of: path) ?? syntax() }

    func syntax() throws -> CommandSyntax {
        var syntax = try CommandSyntax(of: type)
        if hasDryRun { syntax.addDryRun() }
        return syntax
    }

    /// Reads `words`, those after the command's own.
    func read(_ words: [String]) throws -> CommandLineWords {
        try CommandLineWords(words, options(), endsAtArgument: type.optionsEndAtArgument, of: path)
    }

    /// The command that was read.
    func command(_ line: CommandLineWords) throws -> any ComposeCommand {
        if let mistake = try type.argumentCount.mistake(in: line.arguments, of: self) {
            throw CommandError(usage: mistake, of: path)
        }
        return try type.parse(words: line, of: path)
    }

    /// Usage lines without `compose` and the command's words.
    func usage(_ syntax: CommandSyntax) -> [String] {
        let options = syntax.options.contains(where: \.isShown) ? ["[OPTIONS]"] : []
        let arguments = type.usage ?? [syntax.arguments.joined(separator: " ")]
        return arguments.map { (options + ($0.isEmpty ? [] : [$0])).joined(separator: " ") }
    }
}

/// Commands below one word, such as `compose image`.
struct CommandGroup {
    let name: String
    /// One line of help.
    let summary: String
    let commands: [CommandEntry]
    /// Whether the help of compose lists it.
    let isShown: Bool

    init(_ name: String, _ summary: String, _ commands: [CommandEntry], isShown: Bool = true) {
        self.name = name
        self.summary = summary
        self.commands = commands
        self.isShown = isShown
    }
}
