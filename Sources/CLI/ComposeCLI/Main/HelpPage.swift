internal import CLinux
internal import TerminalUI

/// The help of `compose`, of a group of commands and of one command, in docker's layout.
struct HelpPage {
    /// Columns of the terminal; docker takes 80 where there is none.
    let width: Int

    /// Columns for the name of a command, at least.
    private static let nameWidth = 11

    init(width: Int = 80) {
        self.width = width
    }

    /// For the terminal that `output` is.
    init(_ output: OutputWriter) {
        var rows: UInt16 = 0
        var columns: UInt16 = 0
        let isKnown = clinux_get_window_size(output.descriptor, &rows, &columns) == 0 && columns >= 20
        self.init(width: isKnown ? Int(columns) : 80)
    }

    func text(for target: CommandList.Target) throws -> String {
        switch target {
        case .root: try root()
        case .group(let group): self.group(group)
        case .command(let entry, _): try command(entry)
        }
    }

    func root() throws -> String {
        var text = "Usage:  compose [OPTIONS] COMMAND\n\nDefine and run multi-container applications\n"
        text += "\nOptions:\n" + options(RootOptions.syntax)
        text += "\nManagement Commands:\n" + list(CommandList.groups.filter(\.isShown).map { ($0.name, $0.summary) })
        text += "\nCommands:\n" + list(CommandList.commands.map { ($0.name, $0.summary) })
        return text + "\nRun 'compose COMMAND --help' for more information on a command.\n"
    }

    func group(_ group: CommandGroup) -> String {
        "Usage:  compose \(group.name) COMMAND\n\n\(group.summary)\n\nCommands:\n"
            + list(group.commands.map { ($0.name, $0.summary) })
            + "\nRun 'compose \(group.name) COMMAND --help' for more information on a command.\n"
    }

    func command(_ entry: CommandEntry) throws -> String {
        let syntax = try entry.syntax()
        var text = Self.usage(entry, syntax) + "\n\n\(entry.summary)\n"
        if let details = entry.type.details { text += "\n\(details)\n" }
        if !entry.aliases.isEmpty {
            let group = entry.path.dropLast(entry.name.count)
            text += "\nAliases:\n  "
            text += ([entry.name] + entry.aliases).map { "compose \(group)\($0)" }.joined(separator: ", ") + "\n"
        }
        let options = options(syntax)
        return options.isEmpty ? text : text + "\nOptions:\n" + options
    }

    /// The lines that say how the command is typed.
    func usage(_ entry: CommandEntry) throws -> String { Self.usage(entry, try entry.syntax()) }

    private static func usage(_ entry: CommandEntry, _ syntax: CommandSyntax) -> String {
        let usage = entry.usage(syntax).map { "compose \(entry.path) \($0)" }
        return "Usage:  " + usage.map(Self.trimmed).joined(separator: "\n\t")
    }

    private static func trimmed(_ text: String) -> String { text.hasSuffix(" ") ? String(text.dropLast()) : text }

    private func list(_ entries: [(name: String, summary: String)]) -> String {
        entries.map { name, summary in
            "  " + name + String(repeating: " ", count: max(0, Self.nameWidth - name.count) + 1) + summary + "\n"
        }.joined()
    }

    // MARK: Options, as pflag's FlagUsagesWrapped

    private func options(_ syntax: CommandSyntax) -> String {
        let shown = syntax.options.filter(\.isShown)
        let heads = shown.map(Self.head)
        let indent = (heads.map(\.count).max() ?? 0) + 3
        return zip(shown, heads).map { option, head in
            head + String(repeating: " ", count: indent - head.count) + wrapped(Self.text(option), indent) + "\n"
        }.joined()
    }

    private static func head(_ option: CommandOption) -> String {
        let head = (option.letter.map { "  -\($0), " } ?? "      ") + "--\(option.name)"
        if case .value(let type) = option.kind { return "\(head) \(type)" }
        return head
    }

    private static func text(_ option: CommandOption) -> String {
        if option.defaultValue.isEmpty { return option.help }
        let value = option.kind == .value(type: "string") ? "\"\(option.defaultValue)\"" : option.defaultValue
        return "\(option.help) (default \(value))"
    }

    /// A last line may be this much longer, so that no single short word stands on one of its own.
    private static let slop = 5

    private func wrapped(_ text: String, _ indent: Int) -> String {
        var indent = indent
        var result = ""
        // The last column stays free.
        if width - 1 - indent < 24 {
            indent = 16
            result = "\n" + String(repeating: " ", count: indent)
        }
        let limit = width - 1 - indent - Self.slop
        guard limit + Self.slop >= 24 else { return text }
        var rest = Array(text)[...]
        while true {
            let line = Self.takeLine(&rest, limit)
            result += String(line)
            if rest.isEmpty { return result }
            result += "\n" + String(repeating: " ", count: indent)
        }
    }

    private static func takeLine(_ rest: inout ArraySlice<Character>, _ limit: Int) -> ArraySlice<Character> {
        if limit + slop > rest.count { return take(&rest, all: rest.endIndex) }
        let head = rest.prefix(limit)
        if let end = head.firstIndex(of: "\n"), end > head.startIndex { return take(&rest, all: end) }
        guard let end = head.lastIndex(of: " "), end > head.startIndex else { return take(&rest, all: rest.endIndex) }
        return take(&rest, all: end)
    }

    /// What stands before `end`, without the blank there.
    private static func take(_ rest: inout ArraySlice<Character>, all end: Int) -> ArraySlice<Character> {
        let line = rest[..<end]
        rest = rest[end...].dropFirst()
        return line
    }
}
