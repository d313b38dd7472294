/// Collects what is not wrong but should be different.
struct Checks {
    private(set) var warnings: [DockerfileWarning] = []
    /// The instructions' names as written.
    private var names: [(name: String, location: LineRange)] = []
    private var stageNames: Set<String> = []
    /// What the current stage has had.
    private var stage = StageFacts()
    private var stageFacts: [StageFacts] = []
    private var froms: [(from: FromInstruction, location: LineRange)] = []

    struct StageFacts {
        var seen: Set<String> = []
        var hasShell = false
        var hasDirectory = false
    }

    mutating func warn(_ check: DockerfileWarning.Check, _ location: LineRange, _ text: String) {
        warnings.append(DockerfileWarning(check, location, text))
    }

    /// - Parameter stages: with the one that `parsed` begins or belongs to as its last.
    mutating func look(
        at line: SourceLine, _ text: InstructionText, _ parsed: InstructionParser.Parsed, _ stages: [Stage]
    ) {
        let location = line.location
        names.append((text.name, location))
        if line.hasBlankLine {
            warn(.noEmptyContinuation, location, "a blank line stands within the instruction")
        }
        switch parsed {
        case .from(let from): look(at: from, text.name, location, stages)
        case .instruction(let kind): look(at: kind, text, location)
        }
    }

    private mutating func look(
        at from: FromInstruction, _ keyword: String, _ location: LineRange, _ stages: [Stage]
    ) {
        if stages.count > 1 { stageFacts.append(stage) }
        stage = StageFacts()
        if let base = stages.dropLast().lastIndex(where: { $0.name == from.base.lowercased() }) {
            stage.hasDirectory = stageFacts[base].hasDirectory
        }
        froms.append((from, location))
        if let `as` = from.keyword, isUpper(`as`) != isUpper(keyword) {
            warn(.fromAsCasing, location, "\"\(`as`)\" and \"\(keyword)\" should have the same case")
        }
        guard let name = from.name else { return }
        if name != name.lowercased() {
            warn(.stageNameCasing, location, "the stage name \"\(name)\" should be in lower case")
        }
        if ["scratch", "context"].contains(name.lowercased()) {
            warn(.reservedStageName, location, "the stage name \"\(name)\" has a meaning of its own")
        }
        if !stageNames.insert(name.lowercased()).inserted {
            warn(.duplicateStageName, location, "there is another stage \"\(name)\"")
        }
    }

    private mutating func look(at kind: Instruction.Kind, _ text: InstructionText, _ location: LineRange) {
        let name = text.name.uppercased()
        switch kind {
        case .command(let line), .entrypoint(let line):
            if case .shell = line, !stage.hasShell {
                warn(.jsonArgsRecommended, location, "\(name) in JSON form gets signals, a shell keeps them")
            }
            checkSingle(name, location)
        case .healthcheck: checkSingle(name, location)
        case .shell: stage.hasShell = true
        case .workingDirectory(let path):
            if path.hasPrefix("/") || path.hasPrefix("$") {
                stage.hasDirectory = true
            } else if !stage.hasDirectory {
                warn(.workdirRelativePath, location, "\"\(path)\" depends on the base image's directory")
            }
        case .maintainer:
            warn(.maintainerDeprecated, location, "LABEL org.opencontainers.image.authors=… replaces MAINTAINER")
        case .environment(let pairs), .label(let pairs):
            if splitFields(text.arguments).first?.contains("=") == false {
                warn(.legacyKeyValueFormat, location, "write \(name) \(pairs[0].key)=… instead of a space")
            }
            if name == "ENV" { checkSecrets(name, pairs.map(\.key), location) }
        case .argument(let arguments): checkSecrets(name, arguments.map(\.name), location)
        case .expose(let words): checkPorts(words, location)
        case .run, .copy, .add, .user, .volume, .stopSignal, .onBuild: break
        }
    }

    private mutating func checkSingle(_ name: String, _ location: LineRange) {
        if !stage.seen.insert(name).inserted {
            warn(.multipleInstructionsDisallowed, location, "only the last \(name) of a stage counts")
        }
    }

    private mutating func checkSecrets(_ instruction: String, _ names: [String], _ location: LineRange) {
        let words: Set<String> = [
            "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
        ]
        for name in names {
            let parts = Set(name.lowercased().split(separator: "_").map(String.init))
            if !parts.isDisjoint(with: words), !parts.contains("public") {
                warn(
                    .secretsUsedInArgOrEnv, location,
                    "\(instruction) \"\(name)\" would stay in the image; use RUN --mount=type=secret")
            }
        }
    }

    private mutating func checkPorts(_ words: [String], _ location: LineRange) {
        for word in words where !word.contains("$") {
            let parts = word.split(separator: "/", maxSplits: 1)
            if parts.count == 2, parts[1] != parts[1].lowercased() {
                warn(.exposeProtoCasing, location, "the protocol of \"\(word)\" should be in lower case")
            }
            if word.contains(":") {
                warn(.exposeInvalidFormat, location, "\"\(word)\" should name no address and no host port")
            }
        }
    }

    /// What can be said only when everything is known.
    mutating func finish(globalArguments: [Argument]) {
        checkCasing()
        for (from, location) in froms { checkFrom(from, location, globalArguments) }
    }

    private mutating func checkCasing() {
        let upper = names.count { isUpper($0.name) }
        let lower = names.count { $0.name == $0.name.lowercased() }
        let wantsUpper = upper >= lower
        for (name, location) in names where name != (wantsUpper ? name.uppercased() : name.lowercased()) {
            warn(
                .consistentInstructionCasing, location,
                "\"\(name)\" should be in \(wantsUpper ? "upper" : "lower") case as the others are")
        }
    }

    private func isUpper(_ text: String) -> Bool { text == text.uppercased() }
}
