/// A command's words, read as docker compose reads them (pflag), and put into the shape in which ArgumentParser takes
/// them.
///
/// `-abc`, `-t5`, `-t=5`, `--flag`, `--flag=true` and `--flag=false` for each flag, the last of several counts, `--`
/// ends the options. What a word means is in the command's declaration alone.
struct CommandLineWords {
    /// What is neither an option nor the value of one.
    private(set) var arguments: [String] = []
    private(set) var dryRun = false
    private(set) var wantsHelp = false
    private var values: [(option: CommandOption, text: String)] = []
    private var switches: [(option: CommandOption, on: Bool)] = []

    /// - Parameter endsAtArgument: whether the first argument ends the options, so that what follows it is left alone.
    init(_ words: [String], _ syntax: CommandSyntax, endsAtArgument: Bool = false) throws(CommandError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                arguments += rest
                return
            }
            if !word.hasPrefix("-") || word == "-" {
                arguments.append(word)
                if !endsAtArgument { continue }
                arguments += rest
                return
            }
            if word.hasPrefix("--") {
                try readLong(word.dropFirst(2), syntax, &rest)
            } else {
                try readShort(word.dropFirst(), syntax, &rest)
            }
        }
    }

    /// For ArgumentParser: the options first.
    var words: [String] {
        let flags = switches.compactMap { option, on -> String? in
            if on == option.isOn { return nil }
            return on ? "--\(option.name)" : option.off.map { "--\($0)" }
        }
        // ArgumentParser takes no empty value after `=`, and nothing that begins with a dash as a word of its own.
        let values = values.flatMap { option, text in
            text.isEmpty ? ["--\(option.name)", ""] : ["--\(option.name)=\(text)"]
        }
        return values + flags + (arguments.isEmpty ? [] : ["--"] + arguments)
    }

    /// What was given to the option with this long name, in order.
    func values(of name: String) -> [String] { values.filter { $0.option.name == name }.map(\.text) }

    /// Whether a flag that is off by default was turned on.
    func isOn(_ name: String) -> Bool { switches.contains { $0.option.name == name && $0.on } }

    private mutating func readLong(
        _ text: Substring, _ syntax: CommandSyntax, _ rest: inout ArraySlice<String>
    ) throws(CommandError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let inline = parts.count > 1 ? parts[1] : nil
        let name = parts[0]
        guard let option = syntax.option(named: name) else {
            if name == "help" { return wantsHelp = true }
            throw CommandError(usage: "unknown flag: --\(name)")
        }
        if option.isFlag {
            let isOn = try Self.boolean(inline, option)
            return set(option, to: name == option.off ? !isOn : isOn)
        }
        guard let value = inline ?? rest.popFirst() else {
            throw CommandError(usage: "flag needs an argument: --\(name)")
        }
        try add(option, value)
    }

    private mutating func readShort(
        _ text: Substring, _ syntax: CommandSyntax, _ rest: inout ArraySlice<String>
    ) throws(CommandError) {
        var letters = text
        while let letter = letters.popFirst() {
            guard let option = syntax.option(letter: letter) else {
                if letter == "h" {
                    wantsHelp = true
                    continue
                }
                throw CommandError(usage: "unknown shorthand flag: '\(letter)' in -\(text)")
            }
            let hasValue = letters.first == "="
            let attached = String(hasValue ? letters.dropFirst() : letters)
            if option.isFlag {
                set(option, to: try Self.boolean(hasValue ? attached : nil, option))
                if hasValue { return }
                continue
            }
            guard let value = letters.isEmpty ? rest.popFirst() : attached else {
                throw CommandError(usage: "flag needs an argument: '\(letter)' in -\(text)")
            }
            return try add(option, value)
        }
    }

    private static func boolean(_ text: String?, _ option: CommandOption) throws(CommandError) -> Bool {
        guard let text else { return true }
        if let value = RootOptions.boolean(text) { return value }
        throw CommandError(usage: "invalid argument \"\(text)\" for \"\(option.spelling)\" flag: it is true or false")
    }

    private mutating func set(_ option: CommandOption, to isOn: Bool) {
        if option.name == CommandOption.dryRun.name { return dryRun = isOn }
        switches.removeAll { $0.option.name == option.name }
        switches.append((option, isOn))
    }

    private mutating func add(_ option: CommandOption, _ value: String) throws(CommandError) {
        if option.kind == .value(type: "int"), Int(value) == nil {
            throw CommandError(
                usage: "invalid argument \"\(value)\" for \"\(option.spelling)\" flag: it is not a number")
        }
        values.append((option, value))
    }
}
