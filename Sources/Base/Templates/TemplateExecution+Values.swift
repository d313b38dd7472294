internal import Primitives

extension TemplateExecution {
    /// What the last command of a pipeline gives. Its variables are set.
    mutating func evaluate(
        _ pipeline: TemplatePipeline, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        place = pipeline
        var value: TemplateValue?
        for command in pipeline.commands { value = try evaluate(command, dot, value) }
        for name in pipeline.variables {
            if pipeline.assigns {
                try assign(name, value ?? .none)
            } else {
                variables.append((name, value ?? .none))
            }
        }
        return value ?? .none
    }

    /// - Parameter piped: what the command before it gave.
    private mutating func evaluate(
        _ command: TemplateCommand, _ dot: TemplateValue, _ piped: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        try step()
        let first = command.words[0]
        let arguments = Array(command.words.dropFirst())
        switch first.kind {
        case .field(let names): return try fields(names, of: dot, first, arguments, piped, dot)
        case .variable(let name, let names):
            if !names.isEmpty { return try fields(names, of: variable(name), first, arguments, piped, dot) }
            place = first
            try refuse(arguments, piped, for: first)
            return try variable(name)
        case .chain(let operand, let names):
            place = first
            let value = try self.operand(operand, dot)
            return try fields(names, of: value, nil, arguments, piped, dot)
        case .function(let name): return try call(name, first, command, arguments, piped, dot)
        case .pipeline(let pipeline):
            try refuse(arguments, piped, for: first)
            return try evaluate(pipeline, dot)
        case .null:
            place = first
            try refuse(arguments, piped, for: first)
            throw wrong("nil is not a command")
        case .dot, .boolean, .number, .string:
            place = first
            try refuse(arguments, piped, for: first)
            return try operand(first, dot)
        }
    }

    private func refuse(
        _ arguments: [TemplateOperand], _ piped: TemplateValue?, for word: TemplateOperand
    ) throws(TemplateError) {
        if arguments.isEmpty && piped == nil { return }
        var text = word.text
        if case .pipeline(let pipeline) = word.kind { text = pipeline.text }
        throw wrong("can't give argument to non-function \(text)")
    }

    /// A word's value where any kind will do.
    mutating func operand(_ operand: TemplateOperand, _ dot: TemplateValue) throws(TemplateError) -> TemplateValue {
        switch operand.kind {
        case .dot: return dot
        case .null: return .none
        case .boolean(let value): return .boolean(value)
        case .string(let text): return .string(text)
        case .number(let number):
            return number.isFloat ? .float(number.float) : .integer(number.integer ?? 0)
        case .field(let names): return try fields(names, of: dot, operand, [], nil, dot)
        case .variable(let name, let names):
            return names.isEmpty ? try variable(name) : try fields(names, of: variable(name), operand, [], nil, dot)
        case .function(let name): return try call(name, operand, operand, [], nil, dot)
        case .chain(let inner, let names):
            place = operand
            let value = try self.operand(inner, dot)
            return try fields(names, of: value, nil, [], nil, dot)
        case .pipeline(let pipeline): return try evaluate(pipeline, dot)
        }
    }

    private func variable(_ name: String) throws(TemplateError) -> TemplateValue {
        guard let found = variables.last(where: { $0.name == name }) else {
            throw wrong("undefined variable: \(name)")
        }
        return found.value
    }

    // MARK: Fields

    /// `.A.B`; arguments are for the last one.
    ///
    /// - Parameter place: what errors name; nil leaves it as it is.
    private mutating func fields(
        _ names: [String], of value: TemplateValue, _ place: TemplateOperand?, _ arguments: [TemplateOperand],
        _ piped: TemplateValue?, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        if let place { self.place = place }
        var value = value
        for name in names.dropLast() { value = try field(name, of: value, [], nil, dot) }
        return try field(names.last ?? "", of: value, arguments, piped, dot)
    }

    private mutating func field(
        _ name: String, of value: TemplateValue, _ arguments: [TemplateOperand], _ piped: TemplateValue?,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        let count = arguments.count + (piped == nil ? 0 : 1)
        switch value {
        case .none: return .none
        case .structure(let structure):
            if let method = structure.methods[name] { return try invoke(method, name, arguments, piped, dot) }
            guard let found = structure[name] else { break }
            if count == 0 { return found }
            throw wrong(
                structure.hasMethodsForFields
                    ? "wrong number of args for \(name): want 0 got \(count)"
                    : "\(name) has arguments but cannot be invoked as function")
        case .map(let map):
            if let method = map.methods[name] { return try invoke(method, name, arguments, piped, dot) }
            if count > 0 { throw wrong("\(name) is not a method but has arguments") }
            if let found = map.members[name] { return found }
            if map.keysMustExist { throw wrong("map has no entry for key \(name.quotedAsInGo)") }
            return .none
        case .boolean, .integer, .float, .string, .list: break
        }
        throw wrong("can't evaluate field \(name) in type \(value.typeName)")
    }

    private mutating func invoke(
        _ method: @Sendable (String) -> String, _ name: String, _ arguments: [TemplateOperand],
        _ piped: TemplateValue?, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        let count = arguments.count + (piped == nil ? 0 : 1)
        if count != 1 { throw wrong("wrong number of args for \(name): want 1 got \(count)") }
        return .string(method(try self.arguments(arguments, piped, [.string], dot)[0].printed))
    }

    // MARK: Calls

    /// - Parameter whole: what errors of the function itself name.
    private mutating func call(
        _ name: String, _ word: TemplateOperand, _ whole: any TemplatePlace, _ arguments: [TemplateOperand],
        _ piped: TemplateValue?, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        place = word
        guard let function = functions[name] else { throw wrong("\(name.quotedAsInGo) is not a defined function") }
        let count = arguments.count + (piped == nil ? 0 : 1)
        if count < function.parameters.count || (function.rest == nil && count > function.parameters.count) {
            let least = function.rest == nil ? "" : "at least "
            throw wrong("wrong number of args for \(name): want \(least)\(function.parameters.count) got \(count)")
        }
        if name == "and" || name == "or" { return try shortcut(name == "and", arguments, piped, dot) }
        let kinds = (0..<count).map {
            $0 < function.parameters.count ? function.parameters[$0] : function.rest ?? .any
        }
        let values = try self.arguments(arguments, piped, kinds, dot)
        do throws(TemplateFailure) {
            // There are no values that are functions.
            if name == "call" {
                let type = values[0].typeName
                throw TemplateFailure(
                    values[0].isNone ? "call of nil" : "non-function \(arguments.first?.text ?? "") of type \(type)")
            }
            return try function.body(values)
        } catch {
            place = whole
            throw wrong("error calling \(name): \(error.reason)")
        }
    }

    /// `and` and `or` look at no more arguments than they need.
    private mutating func shortcut(
        _ isAnd: Bool, _ arguments: [TemplateOperand], _ piped: TemplateValue?, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var value = TemplateValue.none
        for argument in arguments {
            place = argument
            value = try operand(argument, dot)
            if value.isTrue != isAnd { return value }
        }
        return piped ?? value
    }

    private mutating func arguments(
        _ words: [TemplateOperand], _ piped: TemplateValue?, _ kinds: [TemplateParameter], _ dot: TemplateValue
    ) throws(TemplateError) -> [TemplateValue] {
        var values: [TemplateValue] = []
        for (word, kind) in zip(words, kinds) {
            place = word
            values.append(try argument(word, kind, dot))
        }
        if let piped, let kind = kinds.last { values.append(try checked(piped, kind)) }
        return values
    }

    private mutating func argument(
        _ word: TemplateOperand, _ kind: TemplateParameter, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        switch (word.kind, kind) {
        case (_, .any): return try operand(word, dot)
        case (.null, _): throw wrong("cannot assign nil to \(kind.rawValue)")
        case (.string, .string): return try operand(word, dot)
        case (.number(let number), .integer):
            guard let integer = number.integer else { throw wrong("expected integer; found \(word.text)") }
            return .integer(integer)
        case (.boolean, _), (.number, _), (.string, _):
            switch kind {
            case .string, .any: throw wrong("expected string; found \(word.text)")
            case .integer: throw wrong("expected integer; found \(word.text)")
            case .strings: throw wrong("can't handle \(word.text) for arg of type []string")
            }
        case (.dot, _), (.field, _), (.variable, _), (.function, _), (.chain, _), (.pipeline, _):
            return try checked(operand(word, dot), kind)
        }
    }

    private func checked(
        _ value: TemplateValue, _ kind: TemplateParameter
    ) throws(TemplateError) -> TemplateValue {
        switch (kind, value) {
        case (.any, _), (.string, .string), (.integer, .integer): return value
        case (.strings, .list(let elements, let type)):
            if type == "[]string" || elements.allSatisfy({ if case .string = $0 { true } else { false } }) {
                return value
            }
        case (_, .none): throw wrong("invalid value; expected \(kind.rawValue)")
        default: break
        }
        throw wrong("wrong type for value; expected \(kind.rawValue); got \(value.typeName)")
    }
}

extension TemplateValue {
    fileprivate var isNone: Bool { if case .none = self { true } else { false } }
}
