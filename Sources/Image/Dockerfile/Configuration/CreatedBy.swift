internal import ImageModel
internal import Primitives

extension StageConfiguration {
    /// The text of an image's history for an instruction, in the words of Docker's builders, after
    /// ``apply(_:of:)`` of it.
    ///
    /// - Parameter arguments: for RUN, ``VariableScope/declaredArguments``.
    public func createdBy(_ instruction: Instruction, arguments: [String] = []) -> String {
        let name = instruction.name
        switch instruction.kind {
        case .run(let run):
            let count = arguments.isEmpty ? [] : ["|\(arguments.count)"]
            return (["RUN"] + count + arguments + words(run.command)).joined(separator: " ") + " # buildkit"
        case .copy(let copy): return files(name, copy, [])
        case .add(let add): return files(name, add.files, add.keepGitDirectory ? ["--keep-git-dir=true"] : [])
        case .environment(let pairs), .label(let pairs):
            return ([name] + pairs.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        case .argument(let arguments):
            return ([name] + arguments.map { $0.name + ($0.value.map { "=\($0)" } ?? "") }).joined(separator: " ")
        case .workingDirectory: return "WORKDIR \(execution.workingDirectory ?? "/")"
        case .user(let text), .stopSignal(let text), .onBuild(let text), .maintainer(let text):
            return "\(name) \(text)"
        case .volume(let paths): return "VOLUME [\(paths.joined(separator: " "))]"
        case .expose(let words):
            let ports = words.flatMap { (try? ContainerPort.parse($0)) ?? [] }.map(\.description).sorted()
            return "EXPOSE map[\(ports.map { "\($0):{}" }.joined(separator: " "))]"
        case .command: return "CMD \(quoted(execution.command ?? []))"
        case .entrypoint: return "ENTRYPOINT \(quoted(execution.entrypoint ?? []))"
        case .shell(let words): return "SHELL [\(words.joined(separator: " "))]"
        case .healthcheck: return instruction.source
        }
    }

    /// Program and arguments of a RUN.
    public func words(_ command: RunInstruction.Command) -> [String] {
        switch command {
        case .exec(let words): words
        case .shell(let line): shell(line)
        case .script(let name, _): ["/dev/pipes/\(name)"]
        }
    }

    private func files(_ name: String, _ copy: CopyInstruction, _ options: [String]) -> String {
        var words = [name] + options
        if copy.parents { words.append("--parents") }
        if let owner = copy.owner { words.append("--chown=\(owner)") }
        if let mode = copy.mode { words.append("--chmod=\(mode)") }
        words += copy.sources + copy.heredocs.map { "<<\($0.name)" } + [copy.destination]
        return words.joined(separator: " ") + " # buildkit"
    }

    /// `["a" "b"]`, as Go prints quoted lists.
    private func quoted(_ words: [String]) -> String {
        let quoted = words.map { word in
            var text = "\""
            for scalar in word.unicodeScalars {
                switch scalar {
                case "\"", "\\": text += "\\\(scalar)"
                case "\n": text += "\\n"
                case "\t": text += "\\t"
                case "\r": text += "\\r"
                default: text.unicodeScalars.append(scalar)
                }
            }
            return text + "\""
        }
        return "[\(quoted.joined(separator: " "))]"
    }
}
