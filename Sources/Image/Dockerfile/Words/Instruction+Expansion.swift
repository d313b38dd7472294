internal import Primitives

extension Dockerfile {
    /// A FROM's image or platform, or an ARG's default before it.
    public func expand(
        _ text: String, in scope: GlobalScope, at location: LineRange
    ) throws(DockerfileError) -> String {
        var undefined: Set<String> = []
        return try converting(location, "FROM") { () throws(DockerfileWordError) in
            try WordExpansion(escape: directives.escape).word(text, undefined: &undefined) { scope.value($0) }
        }
    }

    /// The instruction with its variables replaced, as far as its kind has any: CMD, ENTRYPOINT, SHELL, HEALTHCHECK
    /// and ONBUILD have none, and those of RUN's mounts are replaced by ``RunInstruction/mounts(expanding:)``.
    ///
    /// Afterwards it goes to ``VariableScope/apply(_:)`` and ``StageConfiguration/apply(_:)``.
    ///
    /// - Returns: the instruction, and a warning for each name that is not set.
    public func expand(
        _ instruction: Instruction, in scope: VariableScope
    ) throws(DockerfileError) -> (instruction: Instruction, warnings: [DockerfileWarning]) {
        var expander = InstructionExpander(dockerfile: self, instruction: instruction, scope: scope)
        var expanded = instruction
        expanded.kind = try expander.expand(instruction.kind)
        let names = scope.names
        let warnings = expander.undefined.sorted().map { name in
            let guess = Spelling.closest(to: name, among: names).map { ", did you mean $\($0)?" } ?? ""
            return DockerfileWarning(
                .undefinedVar, instruction.location, "the variable \"$\(name)\" is not set\(guess)")
        }
        return (expanded, reported(warnings))
    }

    /// Adds the place to an error.
    func converting<Value>(
        _ location: LineRange, _ name: String, _ body: () throws(DockerfileWordError) -> Value
    ) throws(DockerfileError) -> Value {
        do throws(DockerfileWordError) {
            return try body()
        } catch {
            throw DockerfileError(file: self.name, location: location, instruction: name, reason: error.description)
        }
    }
}

/// Expands one instruction.
private struct InstructionExpander {
    let dockerfile: Dockerfile
    let instruction: Instruction
    var scope: VariableScope
    var undefined: Set<String> = []

    mutating func expand(_ kind: Instruction.Kind) throws(DockerfileError) -> Instruction.Kind {
        switch kind {
        case .copy(let copy): return .copy(try expand(copy))
        case .add(var add):
            add.files = try expand(add.files)
            add.checksum = try optional(add.checksum)
            return .add(add)
        case .environment(let pairs): return .environment(try expand(pairs))
        case .label(let pairs): return .label(try expand(pairs))
        case .argument(let arguments): return .argument(try expand(arguments))
        case .workingDirectory(let path): return .workingDirectory(try word(path))
        case .user(let user): return .user(try word(user))
        case .volume(let paths): return .volume(try words(paths))
        case .expose(let ports): return .expose(try split(ports))
        case .stopSignal(let signal): return .stopSignal(try word(signal))
        case .run, .entrypoint, .command, .shell, .healthcheck, .onBuild, .maintainer: return kind
        }
    }

    private mutating func word(_ text: String) throws(DockerfileError) -> String {
        let (scope, location, name) = (scope, instruction.location, instruction.name)
        let expansion = WordExpansion(escape: dockerfile.directives.escape)
        var missing: Set<String> = []
        let result = try dockerfile.converting(location, name) { () throws(DockerfileWordError) in
            try expansion.word(text, undefined: &missing) { scope.value($0) }
        }
        undefined.formUnion(missing)
        return result
    }

    private mutating func optional(_ text: String?) throws(DockerfileError) -> String? {
        guard let text else { return nil }
        let result = try word(text)
        return result.isEmpty ? nil : result
    }

    private mutating func words(_ texts: [String]) throws(DockerfileError) -> [String] {
        var results: [String] = []
        for text in texts { results.append(try word(text)) }
        return results
    }

    /// Values may hold several words.
    private mutating func split(_ texts: [String]) throws(DockerfileError) -> [String] {
        let scope = scope
        let expansion = WordExpansion(escape: dockerfile.directives.escape)
        var results: [String] = []
        var missing: Set<String> = []
        for text in texts {
            results += try dockerfile.converting(instruction.location, instruction.name) {
                () throws(DockerfileWordError) in
                try expansion.words(text, undefined: &missing) { scope.value($0) }
            }
        }
        undefined.formUnion(missing)
        return results
    }

    /// All values of one instruction see what was before it.
    private mutating func expand(_ pairs: [KeyValue]) throws(DockerfileError) -> [KeyValue] {
        var results: [KeyValue] = []
        for pair in pairs {
            let key = try word(pair.key)
            guard !key.isEmpty else { throw failure("\"\(pair.key)\" expands to an empty name") }
            results.append(KeyValue(key, try word(pair.value)))
        }
        return results
    }

    /// Later defaults see the arguments before them.
    private mutating func expand(_ arguments: [Argument]) throws(DockerfileError) -> [Argument] {
        var results: [Argument] = []
        for var argument in arguments {
            let name = try word(argument.name)
            argument.name = name
            var missing: Set<String> = []
            let (file, current, location) = (dockerfile, scope, instruction.location)
            argument.value = try scope.resolve(argument) { text throws(DockerfileError) in
                try file.converting(location, "ARG") { () throws(DockerfileWordError) in
                    try WordExpansion(escape: file.directives.escape).word(text, undefined: &missing) {
                        current.value($0)
                    }
                }
            }
            undefined.formUnion(missing)
            results.append(argument)
            scope.apply(Instruction(kind: .argument([argument]), location: location, source: ""))
        }
        return results
    }

    private mutating func expand(_ copy: CopyInstruction) throws(DockerfileError) -> CopyInstruction {
        var result = copy
        result.sources = try words(copy.sources)
        result.destination = try word(copy.destination)
        result.owner = try optional(copy.owner)
        result.mode = try optional(copy.mode)
        result.exclude = try words(copy.exclude)
        let scope = scope
        for index in result.heredocs.indices where result.heredocs[index].expands {
            var missing: Set<String> = []
            let content = copy.heredocs[index].content
            result.heredocs[index].content = try dockerfile.converting(instruction.location, instruction.name) {
                () throws(DockerfileWordError) in
                try WordExpansion(escape: .backslash).content(content, undefined: &missing) { scope.value($0) }
            }
            undefined.formUnion(missing)
        }
        return result
    }

    private func failure(_ reason: String, _ hint: String? = nil) -> DockerfileError {
        DockerfileError(
            file: dockerfile.name, location: instruction.location, instruction: instruction.name, reason: reason,
            hint: hint)
    }
}
