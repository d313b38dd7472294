import Dockerfile
import EngineModel
import Primitives

/// A Dockerfile as text that shows every value.
func render(_ file: Dockerfile) -> String {
    var lines = ["escape \(file.directives.escape)"]
    if let syntax = file.directives.syntax { lines.append("syntax \(syntax)") }
    for argument in file.globalArguments { lines.append("global \(render(argument))") }
    for stage in file.stages {
        lines.append(
            "stage \(stage.index) \(stage.name ?? "-") from \(stage.base) platform \(stage.platform ?? "-")"
                + " at \(stage.location.first)-\(stage.location.last)")
        lines += stage.instructions.map { "  \($0.location.first)-\($0.location.last) \(render($0.kind))" }
    }
    for warning in file.warnings { lines.append("\(warning.location.first): \(warning.check.rawValue)") }
    return lines.joined(separator: "\n") + "\n"
}

func render(_ kind: Instruction.Kind) -> String {
    switch kind {
    case .run(let run):
        let options = run.mountOptions.map { " mount \($0)" }.joined()
        return "RUN \(render(run.command))\(options) network \(run.network) security \(run.security)"
    case .copy(let copy): return "COPY \(render(copy))"
    case .add(let add):
        let unpack = add.unpack.map { "\($0)" } ?? "-"
        return "ADD \(render(add.files)) checksum \(add.checksum ?? "-") git \(add.keepGitDirectory) unpack \(unpack)"
    case .environment(let pairs): return "ENV \(render(pairs))"
    case .label(let pairs): return "LABEL \(render(pairs))"
    case .argument(let arguments): return "ARG \(arguments.map(render).joined(separator: " "))"
    case .workingDirectory(let path): return "WORKDIR \(path)"
    case .user(let user): return "USER \(user)"
    case .volume(let paths): return "VOLUME \(paths)"
    case .expose(let words): return "EXPOSE \(words)"
    case .entrypoint(let line): return "ENTRYPOINT \(render(line))"
    case .command(let line): return "CMD \(render(line))"
    case .shell(let words): return "SHELL \(words)"
    case .stopSignal(let name): return "STOPSIGNAL \(name)"
    case .healthcheck(let check):
        let times = [check.interval, check.timeout, check.startPeriod, check.startInterval]
            .map { "\($0?.nanoseconds ?? 0)" }
        return "HEALTHCHECK \(check.test) \(times.joined(separator: " ")) \(check.retries ?? 0)"
    case .onBuild(let text): return "ONBUILD \(text.debugDescription)"
    case .maintainer(let name): return "MAINTAINER \(name)"
    }
}

private func render(_ pairs: [KeyValue]) -> String {
    pairs.map { "\($0.key)=\($0.value.debugDescription)" }.joined(separator: " ")
}

private func render(_ argument: Argument) -> String {
    argument.name + (argument.value.map { "=\($0.debugDescription)" } ?? "")
}

private func render(_ line: CommandLine) -> String {
    switch line {
    case .exec(let words): "exec \(words)"
    case .shell(let text): "shell \(text.debugDescription)"
    }
}

private func render(_ command: RunInstruction.Command) -> String {
    switch command {
    case .exec(let words): "exec \(words)"
    case .shell(let text): "shell \(text.debugDescription)"
    case .script(let name, let content): "script \(name) \(content.debugDescription)"
    }
}

private func render(_ copy: CopyInstruction) -> String {
    var words = ["\(copy.sources)"]
    words += copy.heredocs.map { "<<\($0.name)(\($0.expands ? "expands" : "raw")) \($0.content.debugDescription)" }
    words.append("to \(copy.destination)")
    if let from = copy.from { words.append("from \(from)") }
    if let owner = copy.owner { words.append("owner \(owner)") }
    if let mode = copy.mode { words.append("mode \(mode)") }
    if copy.link { words.append("link") }
    if copy.parents { words.append("parents") }
    if !copy.exclude.isEmpty { words.append("exclude \(copy.exclude)") }
    return words.joined(separator: " ")
}
