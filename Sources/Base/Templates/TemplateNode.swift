internal import Primitives

/// What an error can point at: where it begins and how it is written.
protocol TemplatePlace: Sendable {
    /// In UTF-8 bytes from the template's start.
    var position: Int { get }
    var text: String { get }
}

/// Commands of which each hands its value to the next: `$x := .Name | upper`.
struct TemplatePipeline: TemplatePlace {
    var position: Int
    /// Variables that it sets, with their `$`.
    var variables: [String] = []
    /// They exist already: `=` and not `:=`.
    var assigns = false
    var commands: [TemplateCommand] = []

    var text: String {
        let head = variables.isEmpty ? "" : variables.joined(separator: ", ") + (assigns ? " = " : " := ")
        return head + commands.map(\.text).joined(separator: " | ")
    }
}

/// Words of which the first one says what is done with the others.
struct TemplateCommand: TemplatePlace {
    var position: Int
    var words: [TemplateOperand] = []

    var text: String { words.map(\.text).joined(separator: " ") }
}

/// A word of a command.
struct TemplateOperand: TemplatePlace {
    indirect enum Kind: Sendable {
        case dot, null
        case boolean(Bool)
        case number(TemplateNumber)
        case string(String)
        /// `.A.B`.
        case field([String])
        /// `$x.A`, with the names behind it.
        case variable(String, [String])
        case function(String)
        /// `(…).A`.
        case chain(TemplateOperand, [String])
        case pipeline(TemplatePipeline)
    }

    var position: Int
    var kind: Kind
    /// As it is written, for what has no other form.
    var spelling = ""

    var text: String {
        switch kind {
        case .dot: "."
        case .null: "nil"
        case .boolean(let value): "\(value)"
        case .number, .string: spelling
        case .field(let names): "." + names.joined(separator: ".")
        case .variable(let name, let names): ([name] + names).joined(separator: ".")
        case .function(let name): name
        case .chain(let operand, let names): "\(operand.text).\(names.joined(separator: "."))"
        case .pipeline(let pipeline): "(\(pipeline.text))"
        }
    }

    /// What can not stand behind a `|`: it takes no value.
    var isConstant: Bool {
        switch kind {
        case .dot, .null, .boolean, .number, .string: true
        case .field, .variable, .function, .chain, .pipeline: false
        }
    }
}

/// A number as it is written: which kinds it can be, its place decides.
struct TemplateNumber: Sendable {
    /// nil for what has a fraction or does not fit.
    var integer: Int64?
    var float: Double
    /// Spelled with a dot or an exponent.
    var isFloat: Bool
}

/// What a template does, in order.
enum TemplateStatement: Sendable {
    case text(String)
    case action(TemplatePipeline)
    case branch(TemplateBranch)
    case call(TemplateCall)
    case breakLoop, continueLoop
}

/// `if`, `with` and `range`.
struct TemplateBranch: Sendable {
    enum Kind: String, Sendable {
        case condition = "if"
        case with, range
    }

    var kind: Kind
    var pipeline: TemplatePipeline
    var body: [TemplateStatement] = []
    /// Behind `else`.
    var otherwise: [TemplateStatement] = []
}

/// `{{template "x" .}}`.
struct TemplateCall: TemplatePlace {
    var position: Int
    var name: String
    var pipeline: TemplatePipeline?

    var text: String {
        "{{template \(name.quotedAsInGo)" + (pipeline.map { " \($0.text)" } ?? "") + "}}"
    }
}
