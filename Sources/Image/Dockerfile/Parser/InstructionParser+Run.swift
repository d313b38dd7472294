internal import EngineModel
internal import Primitives

extension InstructionParser {
    func run() throws(SyntaxError) -> RunInstruction {
        let options = try InstructionOptions(
            text.options, ["mount": .values, "network": .value, "security": .value, "device": .values])
        var run = RunInstruction(command: try command())
        run.hasHeredoc = !line.heredocs.isEmpty
        run.mountOptions = options.values("mount")
        run.devices = options.values("device")
        if let name = options.value("network") {
            guard let network = RunInstruction.Network(rawValue: name) else {
                throw SyntaxError(
                    "there is no network mode \(name.prefix(100)) for RUN",
                    hint: Spelling.hint(for: name, among: RunInstruction.Network.allCases.map(\.rawValue)))
            }
            run.network = network
        }
        if let name = options.value("security") {
            guard let security = RunInstruction.Security(rawValue: name) else {
                throw SyntaxError(
                    "there is no security mode \(name.prefix(100)) for RUN",
                    hint: Spelling.hint(for: name, among: RunInstruction.Security.allCases.map(\.rawValue)))
            }
            run.security = security
        }
        // Values with variables can be checked only when the variables are known.
        if run.mountOptions.contains(where: { $0.utf8.contains(UInt8(ascii: "$")) }) {
            for option in run.mountOptions { _ = try RunMount(option, expanding: nil) }
        } else {
            let escape = self.escape
            do throws(RunMountError) {
                _ = try run.mounts { text throws(DockerfileWordError) in
                    var undefined: Set<String> = []
                    return try WordExpansion(escape: escape).word(text, undefined: &undefined) { _ in nil }
                }
            } catch {
                throw SyntaxError(error.reason, hint: error.hint)
            }
        }
        return run
    }

    private func command() throws(SyntaxError) -> RunInstruction.Command {
        guard let first = line.heredocs.first else {
            switch try commandLine(text.arguments) {
            case .exec(let words):
                guard !words.isEmpty else { throw SyntaxError("the command is empty") }
                return .exec(words)
            case .shell(let line): return .shell(line)
            }
        }
        guard line.heredocs.count == 1, Heredoc(word: text.arguments) != nil else {
            // The shell reads them: it gets the line and the texts as they stand in the file.
            return .shell(text.arguments + line.heredocs.map { "\n\($0.written)\($0.name)" }.joined())
        }
        return first.content.hasPrefix("#!")
            ? .script(name: first.name, content: first.content) : .shell(first.content)
    }

    func healthcheck() throws(SyntaxError) -> Healthcheck {
        let options = try InstructionOptions(
            text.options,
            [
                "interval": .value, "timeout": .value, "start-period": .value, "start-interval": .value,
                "retries": .value,
            ])
        let word = String(text.arguments.utf8.prefix { !$0.isSpace }) ?? ""
        let rest = (String(text.arguments.utf8.dropFirst(word.utf8.count)) ?? "").trimmingSpaces
        var check = Healthcheck()
        switch word.uppercased() {
        case "NONE":
            guard rest.isEmpty else { throw SyntaxError("NONE takes no arguments") }
            check.test = ["NONE"]
            return check
        case "CMD":
            switch try commandLine(rest) {
            case .exec(let words) where !words.isEmpty: check.test = ["CMD"] + words
            case .shell(let line) where !line.isEmpty: check.test = ["CMD-SHELL", line]
            default: throw SyntaxError("there is no command after CMD")
            }
        default:
            throw SyntaxError("\(word.prefix(100)) is neither CMD nor NONE", hint: "write HEALTHCHECK CMD COMMAND")
        }
        check = Healthcheck(
            test: check.test, interval: try Self.duration("interval", options),
            timeout: try Self.duration("timeout", options), startPeriod: try Self.duration("start-period", options),
            startInterval: try Self.duration("start-interval", options))
        if let text = options.value("retries") {
            guard let retries = Int32(text), retries >= 0 else {
                throw SyntaxError("--retries=\(text.prefix(100)) is not a number from 0 on")
            }
            check.retries = retries == 0 ? nil : Int(retries)
        }
        return check
    }

    private static func duration(_ name: String, _ options: InstructionOptions) throws(SyntaxError) -> Duration? {
        guard let text = options.value(name) else { return nil }
        guard let value = try? Duration(parsing: text, days: false), value >= .zero else {
            throw SyntaxError("--\(name)=\(text.prefix(100)) is not a duration", hint: "write one such as 1m30s")
        }
        guard value >= .milliseconds(1) else {
            throw SyntaxError("--\(name)=\(text.prefix(100)) is less than 1ms")
        }
        return value
    }
}
