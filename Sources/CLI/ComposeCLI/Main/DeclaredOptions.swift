/// The options of commands in a short form, which reading a command line starts from.
///
/// ArgumentParser tells what a type declares only as a JSON document, and making and reading that takes a third of the
/// time of a small command. So the form below is kept with the program: `make golden` writes it from the declarations,
/// and a test compares the two.
///
/// Options are separated by spaces: `LETTER,NAME`, with `|` between names, then `=TYPE` for one with a value or `+` for a
/// flag that is on, with the name that turns it off after it.
enum DeclaredOptions {
    /// - Parameter path: as ``CommandEntry/path``.
    /// - Returns: nil for a command that is not written down yet.
    static func syntax(of path: String) -> CommandSyntax? {
        written[path].map { CommandSyntax(options: $0.split(separator: " ").compactMap { CommandOption(short: $0) }) }
    }

    /// The source text of ``written``.
    static func written(for entries: [(path: String, syntax: CommandSyntax)]) -> String {
        let lines = entries.map { path, syntax in
            let options = syntax.options.map(\.short)
            if options.isEmpty { return "        \"\(path)\": \"\",\n" }
            // A line of the source has to fit the page.
            var text = "        \"\(path)\": \"\"\"\n"
            var line = ""
            for option in options {
                if line.utf8.count + option.utf8.count > 100 {
                    text += "        \(line) \\\n"
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + option
            }
            return text + "        \(line)\n        \"\"\",\n"
        }
        return """
            // Made by `make golden` from the commands' declarations; see DeclaredOptions.swift.

            extension DeclaredOptions {
                static let written = [
            \(lines.joined().dropLast())
                ]
            }

            """
    }
}

extension CommandOption {
    fileprivate init?(short text: Substring) {
        var text = text
        if let comma = text.firstIndex(of: ",") {
            letter = text[..<comma].first
            text = text[text.index(after: comma)...]
        }
        let mark = text.firstIndex { $0 == "=" || $0 == "+" } ?? text.endIndex
        names = text[..<mark].split(separator: "|").map(String.init)
        let rest = String(text[mark...].dropFirst())
        switch text[mark...].first {
        case "=": kind = .value(type: rest)
        case "+": kind = .flag(isOn: true, off: rest.isEmpty ? nil : rest)
        default: kind = .flag(isOn: false, off: nil)
        }
    }

    fileprivate var short: String {
        let names = (letter.map { "\($0)," } ?? "") + names.joined(separator: "|")
        switch kind {
        case .value(let type): return "\(names)=\(type)"
        case .flag(true, let off): return "\(names)+\(off ?? "")"
        case .flag(false, _): return names
        }
    }
}
