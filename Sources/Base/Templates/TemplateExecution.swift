internal import Primitives

/// A template at work on one value.
struct TemplateExecution {
    private let template: Template
    let functions: [String: TemplateFunction]
    private let limits: TemplateLimits
    private(set) var output: [UInt8] = []
    private var steps = 0
    private var depth = 0
    /// The name of the definition that is being run.
    private var name = ""
    var variables: [(name: String, value: TemplateValue)] = []
    /// What is being worked on: errors name it.
    var place: (any TemplatePlace)?

    init(_ template: Template, _ functions: [String: TemplateFunction], _ limits: TemplateLimits) {
        self.template = template
        self.functions = functions
        self.limits = limits
    }

    mutating func run(_ value: TemplateValue) throws(TemplateError) {
        variables = [("$", value)]
        _ = try run(template.statements, value)
    }

    /// What went wrong at the present place, in Go's words.
    func wrong(_ reason: String) -> TemplateError {
        guard let place else { return TemplateError("template: \(name): \(reason)") }
        let before = template.text.utf8.prefix(place.position)
        let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
        return TemplateError(
            "template: :\(line):\(column): executing \(name.quotedAsInGo) at <\(place.text)>: \(reason)")
    }

    /// Counts a step.
    mutating func step() throws(TemplateError) {
        steps += 1
        if steps > limits.steps { throw wrong("it takes more than \(limits.steps) steps") }
    }

    private mutating func write(_ text: String) throws(TemplateError) {
        output += text.utf8
        if output.count > limits.output { throw wrong("it prints more than \(limits.output) bytes") }
    }

    /// How a list of statements ended.
    private enum Flow { case end, breakLoop, continueLoop }

    private mutating func run(
        _ statements: [TemplateStatement], _ dot: TemplateValue
    ) throws(TemplateError) -> Flow {
        if depth >= limits.depth { throw wrong("exceeded maximum template depth (\(limits.depth))") }
        depth += 1
        defer { depth -= 1 }
        for statement in statements {
            try step()
            switch statement {
            case .text(let text): try write(text)
            case .action(let pipeline):
                let value = try evaluate(pipeline, dot)
                if pipeline.variables.isEmpty { try write(value.printed) }
            case .branch(let branch):
                let known = variables.count
                defer { variables.removeLast(variables.count - known) }
                let flow = branch.kind == .range ? try range(branch, dot) : try condition(branch, dot)
                if flow != .end { return flow }
            case .call(let call): try run(call, dot)
            case .breakLoop: return .breakLoop
            case .continueLoop: return .continueLoop
            }
        }
        return .end
    }

    private mutating func condition(_ branch: TemplateBranch, _ dot: TemplateValue) throws(TemplateError) -> Flow {
        let value = try evaluate(branch.pipeline, dot)
        if value.isTrue { return try run(branch.body, branch.kind == .with ? value : dot) }
        return try run(branch.otherwise, dot)
    }

    private mutating func range(_ branch: TemplateBranch, _ dot: TemplateValue) throws(TemplateError) -> Flow {
        let value = try evaluate(branch.pipeline, dot)
        let known = variables.count
        var count: Int64 = 0
        switch value {
        case .none: break
        case .integer(let end):
            if branch.pipeline.variables.count > 1 {
                throw wrong("can't use \(end) to iterate over more than one variable")
            }
            while count < end {
                if try !iterate(branch, nil, .integer(count), known) { return .end }
                count += 1
            }
        case .list(let elements, _):
            for element in elements {
                if try !iterate(branch, .integer(count), element, known) { return .end }
                count += 1
            }
        case .map(let map):
            for member in map.sorted {
                if try !iterate(branch, .string(member.name), member.value, known) { return .end }
                count += 1
            }
        case .boolean, .float, .string, .structure: throw wrong("range can't iterate over \(value.printed)")
        }
        return count == 0 ? try run(branch.otherwise, dot) : .end
    }

    /// Runs a loop's body once. False after `break`.
    ///
    /// - Parameter known: how many variables there are outside of the body.
    private mutating func iterate(
        _ branch: TemplateBranch, _ key: TemplateValue?, _ element: TemplateValue, _ known: Int
    ) throws(TemplateError) -> Bool {
        let names = branch.pipeline.variables
        let values = names.count == 2 ? [key ?? element, element] : [element]
        for (index, name) in names.enumerated() {
            if branch.pipeline.assigns {
                try assign(name, values[index])
            } else {
                variables[known - names.count + index].value = values[index]
            }
        }
        try step()
        defer { variables.removeLast(variables.count - known) }
        return try run(branch.body, element) != .breakLoop
    }

    private mutating func run(_ call: TemplateCall, _ dot: TemplateValue) throws(TemplateError) {
        place = call
        guard let body = template.definitions[call.name] else {
            throw wrong("template \(call.name.quotedAsInGo) not defined")
        }
        let value = try call.pipeline.map { (pipeline) throws(TemplateError) in try evaluate(pipeline, dot) } ?? .none
        let outer = (name, variables)
        (name, variables) = (call.name, [("$", value)])
        _ = try run(body, value)
        (name, variables) = outer
    }

    /// Gives a variable that exists another value.
    mutating func assign(_ name: String, _ value: TemplateValue) throws(TemplateError) {
        guard let index = variables.lastIndex(where: { $0.name == name }) else {
            throw wrong("undefined variable: \(name)")
        }
        variables[index].value = value
    }
}
