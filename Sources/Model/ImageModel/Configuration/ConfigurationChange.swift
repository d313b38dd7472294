internal import Primitives

/// One line of `--change`: an instruction of a Dockerfile that only changes the image's configuration (CMD, ENTRYPOINT,
/// ENV, EXPOSE, HEALTHCHECK, LABEL, SHELL, STOPSIGNAL, USER, VOLUME, WORKDIR).
public struct ConfigurationChange: Sendable, Hashable {
    private let instruction: String
    private let rest: String

    /// Reads an instruction such as `CMD ["sh"]`; fails for those that need a build.
    public init(_ line: String) throws(ImageFormatError) {
        let trimmed = line.trimmed
        instruction = String(trimmed.prefix { !$0.isWhitespace }).uppercased()
        rest = String(trimmed.dropFirst(instruction.count)).trimmed
        guard !instruction.isEmpty, !rest.isEmpty || instruction == "ENTRYPOINT" else {
            throw Self.wrong(line, "it is not INSTRUCTION VALUE")
        }
    }

    /// Makes several changes in their order. As in a build, ENTRYPOINT takes away a CMD that none of them has set.
    public static func apply(
        _ lines: [String], to execution: inout ImageConfiguration.Execution
    ) throws(ImageFormatError) {
        var hasOwnCommand = false
        for line in lines {
            let change = try ConfigurationChange(line)
            try change.apply(to: &execution)
            if change.instruction == "CMD" { hasOwnCommand = true }
            if change.instruction == "ENTRYPOINT", !hasOwnCommand { execution.command = nil }
        }
    }

    private func apply(to execution: inout ImageConfiguration.Execution) throws(ImageFormatError) {
        switch instruction {
        case "CMD": execution.command = command(execution)
        case "ENTRYPOINT": execution.entrypoint = rest.isEmpty ? [] : command(execution)
        case "ENV":
            for (key, value) in try pairs() {
                execution.environment =
                    (execution.environment ?? []).filter { !$0.hasPrefix(key + "=") } + ["\(key)=\(value)"]
            }
        case "LABEL":
            for (key, value) in try pairs() { execution.labels[key] = value }
        case "EXPOSE":
            for word in try words() {
                for port in try ImageConfiguration.Execution.ports(word) where !execution.exposedPorts.contains(port) {
                    execution.exposedPorts.append(port)
                }
            }
        case "VOLUME":
            let paths = if let array { array } else { try words() }
            for path in paths where !execution.volumes.contains(path) { execution.volumes.append(path) }
        case "WORKDIR":
            let base = execution.workingDirectory ?? "/"
            execution.workingDirectory = rest.hasPrefix("/") ? rest : (base.hasSuffix("/") ? base : base + "/") + rest
        case "USER": execution.user = rest
        case "STOPSIGNAL":
            guard SignalName.number(rest) != nil else {
                throw Self.wrong("STOPSIGNAL \(rest)", "invalid signal: \(rest)")
            }
            execution.stopSignal = rest
        case "SHELL":
            guard let array else { throw Self.wrong("SHELL \(rest)", "it takes a JSON array") }
            execution.shell = array
        case "HEALTHCHECK": execution.healthcheck = try HealthcheckLine(rest).healthcheck
        default:
            throw ImageFormatError(.unsupported, "change \"\(instruction)\"", "this instruction cannot be used here")
        }
    }

    /// The exec form, or the shell form run by the image's SHELL.
    private func command(_ execution: ImageConfiguration.Execution) -> [String] {
        if let array { return array }
        let shell = execution.shell ?? []
        return (shell.isEmpty ? ["/bin/sh", "-c"] : shell) + [rest]
    }

    private var array: [String]? { try? JSONValue(parsing: rest).strings }

    /// `KEY=VALUE …`, or the old form `KEY VALUE` with one value to the end of the line.
    private func pairs() throws(ImageFormatError) -> [(String, String)] {
        let words = try words()
        if let first = words.first, !first.contains("=") {
            let value = String(rest.dropFirst(first.count)).trimmed
            guard !value.isEmpty else { throw Self.wrong("\(instruction) \(rest)", "it is not KEY=VALUE") }
            return [(first, value)]
        }
        var pairs: [(String, String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
                throw Self.wrong("\(instruction) \(rest)", "\"\(word)\" is not KEY=VALUE")
            }
            pairs.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
        }
        return pairs
    }

    /// Split at white space, with quotes and backslashes as in a shell.
    private func words() throws(ImageFormatError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = rest.makeIterator()
        while let character = characters.next() {
            switch (character, quote) {
            case ("\\", _) where quote != "'":
                if let next = characters.next() { word = (word ?? "") + String(next) }
            case ("\"", nil), ("'", nil):
                quote = character
                word = word ?? ""
            case (quote, _): quote = nil
            case (_, nil) where character.isWhitespace:
                if let finished = word { words.append(finished) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if quote != nil { throw Self.wrong("\(instruction) \(rest)", "a quote is not closed") }
        if let word { words.append(word) }
        return words
    }

    static func wrong(_ line: String, _ reason: String) -> ImageFormatError {
        ImageFormatError(.malformed, "change \"\(line.prefix(200))\"", reason)
    }
}

extension String {
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
