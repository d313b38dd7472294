extension Dockerfile {
    /// Bytes of a file.
    public static let sizeLimit = 16 << 20

    /// Reads a Dockerfile. It takes time in proportion to the text.
    ///
    /// - Throws: the first error; ``DockerfileError/others`` has those after it.
    public init(parsing text: String, name: String = "Dockerfile") throws(DockerfileError) {
        try self.init(parsing: Array(text.utf8), name: name)
    }

    /// Reads a Dockerfile whose comments need not be UTF-8.
    public init(parsing bytes: [UInt8], name: String = "Dockerfile") throws(DockerfileError) {
        guard bytes.count <= Self.sizeLimit else {
            throw DockerfileError(file: name, location: nil, instruction: nil, reason: "it is larger than 16 MiB")
        }
        var assembly = Assembly(file: name)
        let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        do throws(DirectiveError) {
            assembly.directives = try ParserDirectives(bytes, from: start)
        } catch {
            throw DockerfileError(
                file: name, location: LineRange(error.line, error.line), instruction: nil, reason: error.reason)
        }
        var reader = SourceReader(bytes, position: start, line: 0, escape: assembly.directives.escape)
        while assembly.errors.count < 20, assembly.readInstruction(&reader) {}
        if assembly.errors.isEmpty, assembly.stages.isEmpty {
            assembly.fail(
                nil, nil, SyntaxError("it has no stage", hint: "FROM IMAGE begins one, FROM scratch an empty one"))
        }
        if var first = assembly.errors.first {
            first.others = Array(assembly.errors.dropFirst())
            throw first
        }
        self.name = name
        directives = assembly.directives
        globalArguments = assembly.globalArguments
        stages = assembly.stages
        lines = Self.lines(bytes[start...])
        warnings = []
        var checks = assembly.checks
        checks.finish(globalArguments: globalArguments)
        warnings = reported(checks.warnings)
    }

    /// Those of the warnings that `# check=skip=` does not silence, in order of the file.
    public func reported(_ warnings: [DockerfileWarning]) -> [DockerfileWarning] {
        let skipped = directives.skippedChecks
        return warnings.filter { !skipped.contains("all") && !skipped.contains($0.check.rawValue.lowercased()) }
            .sorted { ($0.location.first, $0.check.rawValue) < ($1.location.first, $1.check.rawValue) }
    }

    private static func lines(_ bytes: ArraySlice<UInt8>) -> [String] {
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
        }
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

extension Instruction {
    /// Reads the text of an ONBUILD trigger.
    ///
    /// - Parameter name: what errors call the text, such as the image it is from.
    public init(parsing text: String, name: String) throws(DockerfileError) {
        var assembly = Assembly(file: name)
        // Instructions need a stage; this one is not looked at.
        assembly.stages = [
            Stage(index: 0, name: nil, base: "scratch", instructions: [], location: LineRange(1, 1), source: "")
        ]
        var reader = SourceReader(Array(text.utf8), position: 0, line: 0, escape: .backslash)
        while assembly.errors.isEmpty, assembly.readInstruction(&reader) {}
        if let error = assembly.errors.first { throw error }
        let instructions = assembly.stages[0].instructions
        guard assembly.stages.count == 1, instructions.count == 1 else {
            throw DockerfileError(
                file: name, location: nil, instruction: "ONBUILD",
                reason: "the trigger \"\(text.prefix(100))\" is not one instruction")
        }
        if case .onBuild = instructions[0].kind {
            throw DockerfileError(
                file: name, location: nil, instruction: "ONBUILD", reason: "a trigger cannot make a trigger")
        }
        self = instructions[0]
    }
}

/// A Dockerfile in the making.
struct Assembly {
    let file: String
    var directives = ParserDirectives()
    var globalArguments: [Argument] = []
    var stages: [Stage] = []
    var errors: [DockerfileError] = []
    var checks = Checks()

    init(file: String) { self.file = file }

    mutating func fail(_ location: LineRange?, _ instruction: String?, _ error: SyntaxError) {
        errors.append(
            DockerfileError(
                file: file, location: location, instruction: instruction, reason: error.reason, hint: error.hint))
    }

    /// Reads one instruction, well-formed or not.
    ///
    /// - Returns: false at the end of the file.
    mutating func readInstruction(_ reader: inout SourceReader) -> Bool {
        let before = reader.line
        var location: LineRange?
        var name: String?
        do throws(SyntaxError) {
            guard var line = try reader.nextLine() else { return false }
            location = line.location
            let text = InstructionText(line.text)
            name = InstructionParser.names.contains(text.name.uppercased()) ? text.name.uppercased() : nil
            for var heredoc in heredocs(of: text) {
                defer { line.location.last = reader.line }
                try reader.read(&heredoc)
                line.heredocs.append(heredoc)
            }
            location = line.location
            let parsed = try InstructionParser(line, text, escape: directives.escape).parse()
            try add(parsed, line)
            checks.look(at: line, text, parsed, stages)
        } catch {
            fail(location ?? LineRange(min(before + 1, reader.line), reader.line), name, error)
        }
        return true
    }

    /// Only these instructions have heredocs, and only in the form that is not JSON.
    private func heredocs(of text: InstructionText) -> [Heredoc] {
        let name = text.name.uppercased()
        if name == "ONBUILD" { return heredocs(of: InstructionText(text.arguments)) }
        guard ["RUN", "COPY", "ADD"].contains(name), text.arguments.contains("<<") else { return [] }
        if case .strings = JSONStrings(text.arguments) { return [] }
        return Heredoc.all(in: text.arguments)
    }

    private mutating func add(_ parsed: InstructionParser.Parsed, _ line: SourceLine) throws(SyntaxError) {
        switch parsed {
        case .from(let from):
            stages.append(
                Stage(
                    index: stages.count, name: from.name?.lowercased(), base: from.base, platform: from.platform,
                    instructions: [], location: line.location, source: line.text))
        case .instruction(let kind):
            if !stages.isEmpty {
                stages[stages.count - 1].instructions.append(
                    Instruction(kind: kind, location: line.location, source: line.text))
            } else if case .argument(let arguments) = kind {
                globalArguments += arguments
            } else {
                throw SyntaxError("it stands before the first FROM", hint: "only ARG may")
            }
        }
    }
}
