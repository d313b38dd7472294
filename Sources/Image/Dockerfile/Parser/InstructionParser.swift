internal import EngineModel
internal import Primitives

/// One instruction's text becomes a value.
struct InstructionParser {
    enum Parsed {
        case from(FromInstruction)
        case instruction(Instruction.Kind)
    }

    static let names = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ]

    let line: SourceLine
    let text: InstructionText
    let escape: EscapeCharacter

    init(_ line: SourceLine, _ text: InstructionText, escape: EscapeCharacter) {
        self.line = line
        self.text = text
        self.escape = escape
    }

    func parse() throws(SyntaxError) -> Parsed {
        let name = text.name.uppercased()
        guard Self.names.contains(name) else {
            throw SyntaxError(
                "there is no instruction \(text.name.prefix(100))",
                hint: Spelling.closest(to: name, among: Self.names).map { "did you mean \($0)?" })
        }
        // An ENTRYPOINT alone takes the base image's away, as `ENTRYPOINT []` does.
        if text.arguments.isEmpty, name != "ENTRYPOINT" {
            throw SyntaxError("\(name) needs arguments", hint: Self.forms[name])
        }
        switch name {
        case "FROM": return .from(try FromInstruction(text))
        case "RUN": return .instruction(.run(try run()))
        case "COPY": return .instruction(.copy(try copy()))
        case "ADD": return .instruction(.add(try add()))
        case "HEALTHCHECK": return .instruction(.healthcheck(try healthcheck()))
        default:
            _ = try InstructionOptions(text.options, [:])
            return .instruction(try plain(name))
        }
    }

    /// The instructions without options.
    private func plain(_ name: String) throws(SyntaxError) -> Instruction.Kind {
        switch name {
        case "ENV": .environment(try keyValues(name))
        case "LABEL": .label(try keyValues(name))
        case "ARG": .argument(try arguments())
        case "WORKDIR": .workingDirectory(text.arguments)
        case "USER": .user(text.arguments)
        case "STOPSIGNAL": .stopSignal(text.arguments)
        case "MAINTAINER": .maintainer(text.arguments)
        case "EXPOSE": .expose(splitFields(text.arguments))
        case "VOLUME": .volume(try volumes())
        case "CMD": .command(try commandLine(text.arguments))
        case "ENTRYPOINT": .entrypoint(text.arguments.isEmpty ? .exec([]) : try commandLine(text.arguments))
        case "SHELL": .shell(try shell())
        default: .onBuild(try trigger())
        }
    }

    private static let forms = [
        "FROM": "write FROM IMAGE [AS NAME]", "RUN": "write RUN COMMAND", "COPY": "write COPY SOURCE… DESTINATION",
        "ADD": "write ADD SOURCE… DESTINATION", "ENV": "write ENV KEY=VALUE", "LABEL": "write LABEL KEY=VALUE",
        "ARG": "write ARG NAME or ARG NAME=DEFAULT", "EXPOSE": "write EXPOSE PORT or PORT/udp",
        "CMD": "write CMD [\"PROGRAM\", \"ARGUMENT\"]; [] takes the base image's away",
        "SHELL": "write SHELL [\"/bin/bash\", \"-c\"]", "HEALTHCHECK": "write HEALTHCHECK CMD COMMAND or NONE",
        "ONBUILD": "write ONBUILD INSTRUCTION ARGUMENTS",
    ]

    /// `KEY=VALUE …`, or `KEY VALUE` with one value to the end of the line.
    private func keyValues(_ name: String) throws(SyntaxError) -> [KeyValue] {
        let words = splitWords(text.arguments, escape: escape)
        if let first = words.first, !first.utf8.contains(UInt8(ascii: "=")) {
            let key = String(text.arguments.utf8.prefix { !$0.isSpace }) ?? ""
            let value = text.arguments.utf8.dropFirst(key.utf8.count)
            guard !value.isEmpty else {
                throw SyntaxError("\"\(key.prefix(100))\" has no value", hint: "write \(name) KEY=VALUE")
            }
            return [KeyValue(key, (String(value) ?? "").trimmingSpaces)]
        }
        return try words.map { word throws(SyntaxError) in
            guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                throw SyntaxError(
                    "\"\(word.prefix(100))\" is not KEY=VALUE", hint: "a value with spaces needs quotes")
            }
            guard equals != word.startIndex else { throw SyntaxError("\"\(word.prefix(100))\" has no name before =") }
            return KeyValue(String(word[..<equals]), String(word[word.utf8.index(after: equals)...]))
        }
    }

    private func arguments() throws(SyntaxError) -> [Argument] {
        try splitWords(text.arguments, escape: escape).map { word throws(SyntaxError) in
            guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                return Argument(word, nil, location: line.location)
            }
            guard equals != word.startIndex else { throw SyntaxError("\"\(word.prefix(100))\" has no name before =") }
            let value = String(word[word.utf8.index(after: equals)...])
            return Argument(String(word[..<equals]), value, location: line.location)
        }
    }

    private func volumes() throws(SyntaxError) -> [String] {
        let paths = try list().map(\.trimmingSpaces)
        guard !paths.isEmpty, !paths.contains("") else { throw SyntaxError("a volume's path is empty") }
        return paths
    }

    private func shell() throws(SyntaxError) -> [String] {
        guard case .exec(let words) = try commandLine(text.arguments), !words.isEmpty else {
            throw SyntaxError("it takes a JSON array", hint: "write SHELL [\"/bin/bash\", \"-c\"]")
        }
        return words
    }

    /// The JSON form, or words at white space.
    func list() throws(SyntaxError) -> [String] {
        switch JSONStrings(text.arguments) {
        case .strings(let strings): return strings
        case .otherArray: throw Self.otherArray
        case .none: return splitFields(text.arguments)
        }
    }

    func commandLine(_ text: String) throws(SyntaxError) -> CommandLine {
        switch JSONStrings(text) {
        case .strings(let strings): return .exec(strings)
        case .otherArray: throw Self.otherArray
        case .none: return .shell(text)
        }
    }

    private static let otherArray = SyntaxError(
        "the JSON array holds something other than strings", hint: "write its items in double quotes")

    private func trigger() throws(SyntaxError) -> String {
        let inner = InstructionText(text.arguments)
        let name = inner.name.uppercased()
        if ["ONBUILD", "FROM", "MAINTAINER"].contains(name) {
            throw SyntaxError("\(name) cannot be a trigger", hint: "all others can")
        }
        var line = self.line
        line.text = text.arguments
        _ = try InstructionParser(line, inner, escape: escape).parse()
        return text.arguments + self.line.heredocs.map { "\n\($0.written)\($0.name)" }.joined()
    }
}
