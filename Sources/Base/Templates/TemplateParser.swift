internal import Primitives

/// Makes a template's statements of its tokens. Mistakes are told in Go's words.
struct TemplateParser {
    private let tokens: [TemplateToken]
    private var index = 0
    private let functions: [String: TemplateFunction]
    /// Those that are in reach, the innermost last.
    private var variables = ["$"]
    private var loops = 0
    private var depth = 0
    /// Where the action that is being read began; 0 outside of one.
    private var actionLine = 0
    /// What `define` and `block` make.
    private(set) var definitions: [String: [TemplateStatement]] = [:]

    /// Statements and parentheses within each other at most.
    private static let maximumDepth = 200

    init(_ text: String, functions: [String: TemplateFunction]) {
        tokens = TemplateLexer.tokens(of: text)
        self.functions = functions
    }

    // MARK: Tokens

    private var token: TemplateToken { tokens[min(index, tokens.count - 1)] }

    private mutating func next() -> TemplateToken {
        defer { index += 1 }
        return token
    }

    private mutating func nextWord() -> TemplateToken {
        while token.kind == .space { index += 1 }
        return next()
    }

    private mutating func peekWord() -> TemplateToken {
        while token.kind == .space { index += 1 }
        return token
    }

    private var line: Int { tokens[min(max(index - 1, 0), tokens.count - 1)].line }

    private func wrong(_ reason: String) -> TemplateError { TemplateError(line: line, reason) }

    private func unexpected(_ token: TemplateToken, _ context: String) -> TemplateError {
        guard token.kind == .error else { return wrong("unexpected \(token.shown) in \(context)") }
        guard actionLine != 0, actionLine != token.line else { return TemplateError(line: token.line, token.text) }
        let place =
            token.text.hasSuffix(" action") ? " started at :\(actionLine)" : " in action started at :\(actionLine)"
        return TemplateError(line: token.line, token.text + place)
    }

    private mutating func expectEnd(_ context: String) throws(TemplateError) {
        let token = nextWord()
        if token.kind != .rightDelimiter { throw unexpected(token, context) }
    }

    private mutating func nested<Result>(
        _ body: (inout TemplateParser) throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth { throw wrong("nested more than \(Self.maximumDepth) levels deep") }
        return try body(&self)
    }

    // MARK: Statements

    /// All of the text: what is done in order, without the definitions.
    mutating func parse() throws(TemplateError) -> [TemplateStatement] {
        var statements: [TemplateStatement] = []
        while token.kind != .end {
            let begin = index
            if token.kind == .leftDelimiter {
                index += 1
                if nextWord().isKeyword("define") {
                    try parseDefinition()
                    continue
                }
                index = begin
            }
            switch try statement() {
            case .plain(let statement): statements.append(statement)
            case .end: throw wrong("unexpected {{end}}")
            case .otherwise: throw wrong("unexpected {{else}}")
            }
        }
        return statements
    }

    private enum Read {
        case plain(TemplateStatement)
        case end, otherwise
    }

    private mutating func parseDefinition() throws(TemplateError) {
        let name = try templateName("define clause")
        try expectEnd("define clause")
        try define(name, "define clause")
    }

    private mutating func templateName(_ context: String) throws(TemplateError) -> String {
        let token = nextWord()
        guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, context) }
        return try unquoted(token.text)
    }

    /// Reads a body up to its `end`, in which only its own variables are known.
    private mutating func define(_ name: String, _ context: String) throws(TemplateError) {
        let outer = (variables, loops)
        (variables, loops) = (["$"], 0)
        let (body, end) = try list()
        (variables, loops) = outer
        if end == .otherwise { throw wrong("unexpected {{else}} in \(context)") }
        guard definitions[name]?.isEmpty == false else {
            definitions[name] = body
            return
        }
        if !body.isEmpty { throw wrong("template: multiple definition of template \(name.quotedAsInGo)") }
    }

    private enum End { case end, otherwise }

    /// Statements up to `end` or `else`.
    private mutating func list() throws(TemplateError) -> ([TemplateStatement], End) {
        try nested { (parser) throws(TemplateError) in
            var statements: [TemplateStatement] = []
            while parser.peekWord().kind != .end {
                switch try parser.statement() {
                case .plain(let statement): statements.append(statement)
                case .end: return (statements, .end)
                case .otherwise: return (statements, .otherwise)
                }
            }
            _ = parser.next()
            throw parser.wrong("unexpected EOF")
        }
    }

    private mutating func statement() throws(TemplateError) -> Read {
        let token = nextWord()
        switch token.kind {
        case .text: return .plain(.text(token.text))
        case .leftDelimiter:
            actionLine = token.line
            defer { actionLine = 0 }
            return try action()
        default: throw unexpected(token, "input")
        }
    }

    private mutating func action() throws(TemplateError) -> Read {
        let begin = index
        let token = nextWord()
        guard token.kind == .keyword else {
            index = begin
            return .plain(.action(try pipeline("command", until: .rightDelimiter)))
        }
        switch token.text {
        case "block": return .plain(.call(try block()))
        case "template": return .plain(.call(try call()))
        case "break", "continue":
            let word = "{{\(token.text)}}"
            try expectEnd(word)
            if loops == 0 { throw wrong("\(word) outside {{range}}") }
            return .plain(token.text == "break" ? .breakLoop : .continueLoop)
        case "else":
            if !peekWord().isKeyword("if"), !peekWord().isKeyword("with") { try expectEnd("else") }
            return .otherwise
        case "end":
            try expectEnd("end")
            return .end
        case "if": return .plain(.branch(try branch(.condition)))
        case "range": return .plain(.branch(try branch(.range)))
        case "with": return .plain(.branch(try branch(.with)))
        default:
            index = begin
            return .plain(.action(try pipeline("command", until: .rightDelimiter)))
        }
    }

    private mutating func branch(_ kind: TemplateBranch.Kind) throws(TemplateError) -> TemplateBranch {
        let known = variables.count
        defer { variables.removeLast(variables.count - known) }
        var branch = TemplateBranch(
            kind: kind, pipeline: try pipeline(kind.rawValue, until: .rightDelimiter))
        if kind == .range { loops += 1 }
        let (body, end) = try list()
        if kind == .range { loops -= 1 }
        branch.body = body
        guard end == .otherwise else { return branch }
        if kind != .range, peekWord().isKeyword(kind.rawValue) {
            _ = next()
            let inner = try nested { (parser) throws(TemplateError) in try parser.branch(kind) }
            branch.otherwise = [.branch(inner)]
        } else {
            let (otherwise, last) = try list()
            if last == .otherwise { throw wrong("expected end; found {{else}}") }
            branch.otherwise = otherwise
        }
        return branch
    }

    private mutating func call() throws(TemplateError) -> TemplateCall {
        let position = peekWord().position
        var call = TemplateCall(position: position, name: try templateName("template clause"))
        if peekWord().kind == .rightDelimiter {
            _ = next()
        } else {
            call.pipeline = try pipeline("template clause", until: .rightDelimiter)
        }
        return call
    }

    private mutating func block() throws(TemplateError) -> TemplateCall {
        let position = peekWord().position
        let name = try templateName("block clause")
        let pipeline = try pipeline("block clause", until: .rightDelimiter)
        try define(name, "block clause")
        return TemplateCall(position: position, name: name, pipeline: pipeline)
    }

    // MARK: Pipelines

    private mutating func pipeline(
        _ context: String, until end: TemplateToken.Kind
    ) throws(TemplateError) -> TemplatePipeline {
        var pipeline = TemplatePipeline(position: peekWord().position)
        try declarations(&pipeline, context)
        while true {
            let begin = index
            let token = nextWord()
            if token.kind == end { break }
            guard token.startsOperand else { throw unexpected(token, context) }
            index = begin
            pipeline.commands.append(try command())
        }
        if pipeline.commands.isEmpty { throw wrong("missing value for \(context)") }
        for (stage, command) in pipeline.commands.enumerated().dropFirst() where command.words[0].isConstant {
            throw wrong("non executable command in pipeline stage \(stage + 1)")
        }
        return pipeline
    }

    /// `$x :=`, `$x =` and `$i, $x :=`.
    private mutating func declarations(_ pipeline: inout TemplatePipeline, _ context: String) throws(TemplateError) {
        while peekWord().kind == .variable {
            let begin = index
            let variable = next()
            let after = peekWord()
            if after.kind == .assign || after.kind == .declare {
                _ = next()
                pipeline.assigns = after.kind == .assign
                declare(variable.text, &pipeline)
                return
            }
            guard after.kind == .character, after.text == "," else {
                index = begin
                return
            }
            _ = next()
            declare(variable.text, &pipeline)
            guard context == "range", pipeline.variables.count < 2 else {
                throw wrong("too many declarations in \(context)")
            }
            switch peekWord().kind {
            case .variable, .rightDelimiter, .rightParenthesis: continue
            default: throw wrong("range can only initialize variables")
            }
        }
    }

    private mutating func declare(_ name: String, _ pipeline: inout TemplatePipeline) {
        pipeline.variables.append(name)
        variables.append(name)
    }

    private mutating func command() throws(TemplateError) -> TemplateCommand {
        var command = TemplateCommand(position: peekWord().position)
        reading: while true {
            _ = peekWord()
            if let operand = try operand() { command.words.append(operand) }
            let token = next()
            switch token.kind {
            case .space: continue
            case .rightDelimiter, .rightParenthesis:
                index -= 1
                break reading
            case .pipe: break reading
            default: throw unexpected(token, "operand")
            }
        }
        if command.words.isEmpty { throw wrong("empty command") }
        return command
    }

    /// A term and the fields behind it.
    private mutating func operand() throws(TemplateError) -> TemplateOperand? {
        guard let term = try term() else { return nil }
        let position = token.position
        var names: [String] = []
        while token.kind == .field { names.append(String(next().text.dropFirst())) }
        if names.isEmpty { return term }
        switch term.kind {
        case .field(let first): return TemplateOperand(position: position, kind: .field(first + names))
        case .variable(let name, _): return TemplateOperand(position: position, kind: .variable(name, names))
        case .boolean, .string, .number, .null, .dot:
            throw wrong("unexpected . after term \(term.text.quotedAsInGo)")
        case .function, .pipeline, .chain: return TemplateOperand(position: position, kind: .chain(term, names))
        }
    }

    private mutating func term() throws(TemplateError) -> TemplateOperand? {
        let begin = index
        let token = nextWord()
        func operand(_ kind: TemplateOperand.Kind) -> TemplateOperand {
            TemplateOperand(position: token.position, kind: kind, spelling: token.text)
        }
        switch token.kind {
        case .identifier:
            guard functions[token.text] != nil else { throw wrong("function \(token.text.quotedAsInGo) not defined") }
            return operand(.function(token.text))
        case .dot: return operand(.dot)
        case .keyword where token.text == "nil": return operand(.null)
        case .variable:
            guard variables.contains(token.text) else {
                throw wrong("undefined variable \(token.text.quotedAsInGo)")
            }
            return operand(.variable(token.text, []))
        case .field: return operand(.field([String(token.text.dropFirst())]))
        case .boolean: return operand(.boolean(token.text == "true"))
        case .number, .characterConstant:
            do throws(GrammarError) {
                return operand(.number(try TemplateNumber(token.text)))
            } catch {
                throw wrong(error.reason)
            }
        case .string, .rawString: return operand(.string(try unquoted(token.text)))
        case .leftParenthesis:
            let inner = try nested { (parser) throws(TemplateError) in
                try parser.pipeline("parenthesized pipeline", until: .rightParenthesis)
            }
            return TemplateOperand(position: inner.position, kind: .pipeline(inner))
        default:
            index = begin
            return nil
        }
    }

    private func unquoted(_ text: String) throws(TemplateError) -> String {
        guard let text = unquotedInGo(text) else { throw wrong("invalid syntax") }
        return text
    }
}

extension TemplateToken {
    fileprivate func isKeyword(_ word: String) -> Bool { kind == .keyword && text == word }

    fileprivate var startsOperand: Bool {
        switch kind {
        case .boolean, .characterConstant, .dot, .field, .identifier, .number, .rawString, .string, .variable,
            .leftParenthesis:
            true
        case .keyword: text == "nil"
        case .text, .leftDelimiter, .rightDelimiter, .space, .pipe, .assign, .declare, .rightParenthesis, .character,
            .error, .end:
            false
        }
    }
}
