internal import Primitives

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
    /// Whose words these are, as ``CommandEntry/path``; empty for compose's own.
    private let path: String
    private var values: [(option: CommandOption, text: String)] = []
    private var switches: [(option: CommandOption, on: Bool)] = []

    /// - Parameter endsAtArgument: whether the first argument ends the options, so that what follows it is left alone.
    init(
        _ words: [String], _ syntax: CommandSyntax, endsAtArgument: Bool = false, of path: String = ""
    ) throws(CommandError) {
        self.path = path
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
        if name.isEmpty || name.hasPrefix("-") { throw wrong("bad flag syntax: --\(text)") }
        guard let option = syntax.option(named: name) else {
            if name == "help" { return wantsHelp = try boolean(inline, .help) }
            throw wrong("unknown flag: --\(name)")
        }
        if option.isFlag {
            let isOn = try boolean(inline, option)
            return set(option, to: name == option.off ? !isOn : isOn)
        }
        guard let value = inline ?? rest.popFirst() else {
            throw wrong("flag needs an argument: --\(name)")
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
                throw wrong("unknown shorthand flag: '\(letter)' in -\(letter)\(letters)")
            }
            let hasValue = letters.first == "=" && (letters.count > 1 || !option.isFlag)
            let attached = String(hasValue ? letters.dropFirst() : letters)
            if option.isFlag {
                set(option, to: try boolean(hasValue ? attached : nil, option))
                if hasValue { return }
                continue
            }
            guard let value = letters.isEmpty ? rest.popFirst() : attached else {
                throw wrong("flag needs an argument: '\(letter)' in -\(letter)")
            }
            return try add(option, value)
        }
    }

    private func wrong(_ message: String) -> CommandError { CommandError(usage: message, of: path) }

    /// In the words of pflag and Go's strconv, which scripts know.
    private func invalid(_ text: String, _ option: CommandOption, _ reason: String) -> CommandError {
        wrong("invalid argument \"\(text)\" for \"\(option.spelling)\" flag: \(reason)")
    }

    private func boolean(_ text: String?, _ option: CommandOption) throws(CommandError) -> Bool {
        guard let text else { return true }
        if let value = RootOptions.boolean(text) { return value }
        throw invalid(text, option, "strconv.ParseBool: parsing \(text.quotedAsInGo): invalid syntax")
    }

    private mutating func set(_ option: CommandOption, to isOn: Bool) {
        if option.name == CommandOption.dryRun.name { return dryRun = isOn }
        switches.removeAll { $0.option.name == option.name }
        switches.append((option, isOn))
    }

    private mutating func add(_ option: CommandOption, _ value: String) throws(CommandError) {
        switch option.kind {
        case .value(type: "int") where Int(value) == nil:
            let digits = value.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
            let isNumber = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
            let reason = isNumber ? "value out of range" : "invalid syntax"
            throw invalid(value, option, "strconv.ParseInt: parsing \(value.quotedAsInGo): \(reason)")
        case .value(type: "bytes"): try checkSize(value, option)
        case .value, .flag: break
        }
        values.append((option, value))
    }

    /// In the words of go-units.
    private func checkSize(_ value: String, _ option: CommandOption) throws(CommandError) {
        do throws(GrammarError) {
            _ = try ByteCount(parsing: value)
        } catch {
            let unit = value.reversed().prefix { !$0.isNumber && $0 != "." && $0 != " " }
            let number = value.dropLast(unit.count)
            let isUnit = !number.isEmpty && (try? ByteCount(parsing: number)) != nil
            throw invalid(
                value, option, isUnit ? "invalid suffix: '\(String(unit.reversed()))'" : "invalid size: '\(value)'")
        }
    }
}
