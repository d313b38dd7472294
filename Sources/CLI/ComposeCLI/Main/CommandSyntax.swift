internal import ArgumentParser
internal import FoundationEssentials

/// The options and arguments of a command, read from its declaration: what reads command lines, the help and the
/// reference know of them is this.
struct CommandSyntax: Equatable {
    /// By name, without `--help`.
    private(set) var options: [CommandOption] = []
    /// The words for the arguments in the usage line: `SERVICE`, `[SERVICE...]`.
    private(set) var arguments: [String] = []

    init(options: [CommandOption] = []) {
        self.options = options
    }

    /// Slow; for reading a command line there is ``DeclaredOptions``.
    ///
    /// - Parameter command: the help of its arguments is their word in the usage line.
    init(of command: any ParsableCommand.Type) throws {
        // ArgumentParser tells what a type declares only in this form, which its completion tools read.
        let text = command._dumpHelp()
        let description = try JSONDecoder().decode(DeclarationDescription.self, from: Data(text.utf8))
        for argument in description.command.arguments ?? [] { add(argument) }
    }

    private mutating func add(_ argument: DeclarationDescription.Argument) {
        guard argument.kind != .positional else {
            arguments.append(Self.usageWord(argument))
            return
        }
        guard let option = CommandOption(argument), option.name != "help" else { return }
        // A flag that can be turned off comes with a second one that does that.
        if option.kind == .flag(isOn: false, off: nil), option.name.hasPrefix("no-"),
            let index = options.firstIndex(where: { $0.isOn && "no-\($0.name)" == option.name })
        {
            options[index].kind = .flag(isOn: true, off: option.name)
            return
        }
        let place = options.firstIndex { $0.name > option.name } ?? options.endIndex
        options.insert(option, at: place)
    }

    private static func usageWord(_ argument: DeclarationDescription.Argument) -> String {
        let word = argument.abstract ?? argument.valueName ?? ""
        // A word that has its brackets already says all.
        if word.contains("[") && word.contains(" ") || word.isEmpty { return word }
        return argument.isRepeating
            ? argument.isOptional ? "[\(word)...]" : "\(word) [\(word)...]"
            : argument.isOptional ? "[\(word)]" : word
    }

    /// Adds `--dry-run`, which root options and commands share.
    mutating func addDryRun() {
        let place = options.firstIndex { $0.name > CommandOption.dryRun.name } ?? options.endIndex
        options.insert(.dryRun, at: place)
    }

    /// The option with this long name or, for a flag that is on by default, with the one that turns it off.
    func option(named name: String) -> CommandOption? {
        options.first { $0.names.contains(name) || $0.off == name }
    }

    func option(letter: Character) -> CommandOption? { options.first { $0.letter == letter } }
}

/// An option of a command.
struct CommandOption: Equatable {
    enum Kind: Equatable {
        /// Without a value. `off` turns off one that is on by default.
        case flag(isOn: Bool, off: String?)
        /// With a value: `string`, `int`, `stringArray` …
        case value(type: String)
    }

    /// Long ones, without dashes; help shows the first.
    var names: [String]
    var letter: Character?
    var kind: Kind
    /// As text; empty for none.
    var defaultValue = ""
    var help = ""
    /// Whether help lists it: what is accepted without effect is not shown.
    var isShown = true

    static let dryRun = CommandOption(
        names: ["dry-run"], kind: .flag(isOn: false, off: nil), help: "Execute command in dry run mode")

    static let help = CommandOption(names: ["help"], letter: "h", kind: .flag(isOn: false, off: nil))

    var name: String { names[0] }

    /// What it is without being given.
    var isOn: Bool { if case .flag(true, _) = kind { true } else { false } }

    var off: String? { if case .flag(_, let off) = kind { off } else { nil } }

    var isFlag: Bool { if case .flag = kind { true } else { false } }

    /// As messages name it: `-q, --quiet`.
    var spelling: String { (letter.map { "-\($0), " } ?? "") + "--\(name)" }
}

extension CommandOption {
    /// nil for an option without a long name.
    fileprivate init?(_ argument: DeclarationDescription.Argument) {
        names = (argument.names ?? []).filter { $0.kind == "long" }.map(\.name)
        guard let name = names.first else { return nil }
        letter = argument.names?.first { $0.kind == "short" }?.name.first
        if argument.kind == .flag {
            kind = .flag(isOn: argument.defaultValue == "--\(name)", off: nil)
            defaultValue = argument.defaultValue == "--\(name)" ? "true" : ""
        } else {
            let prefix = ArgumentHelp.typePrefix
            let named = argument.valueName.flatMap { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
            kind = .value(type: named ?? (argument.isRepeating ? "stringArray" : "string"))
            defaultValue = argument.isRepeating || argument.defaultValue == "0" ? "" : argument.defaultValue ?? ""
        }
        help = argument.abstract ?? ""
        isShown = argument.shouldDisplay
    }
}

/// What of ArgumentParser's description of a type matters here (ToolInfoV0 in its sources).
private struct DeclarationDescription: Decodable {
    struct Command: Decodable {
        var arguments: [Argument]?
    }

    struct Argument: Decodable {
        enum Kind: String, Decodable {
            case positional
            case option
            case flag
        }

        var kind: Kind
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var abstract: String?
    }

    struct Name: Decodable {
        var kind: String
        var name: String
    }

    var command: Command
}

extension ArgumentHelp {
    /// Help for an option whose value is not just a text: `int`, `list` … as pflag's usage names it.
    static func value(_ type: String, _ help: String) -> ArgumentHelp {
        ArgumentHelp(help, valueName: typePrefix + type)
    }

    /// Without it the name of a value is ArgumentParser's own choice: the option's name.
    fileprivate static let typePrefix = "type:"

    /// For what is accepted because docker compose takes it, and does nothing in either of them.
    static let withoutEffect = ArgumentHelp("Deprecated: no effect", visibility: .hidden)
}
