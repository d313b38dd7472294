/// What is wrong with a template or with what it asks of a value, in the words of Go's text/template.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `template: :1:2: executing "" at <.Foo>: can't evaluate field Foo in type string`.
    public var description: String

    public init(_ description: String) {
        self.description = description
    }

    /// A mistake in the template's text.
    ///
    /// - Parameter line: counted from 1.
    init(line: Int, _ reason: String) {
        self.init("template: :\(line): \(reason)")
    }
}

/// How much a template may do. It comes from a command line or a file, and must not take the machine.
public struct TemplateLimits: Sendable {
    /// Bytes that it may print.
    public var output = 64 << 20
    /// Statements and calls that it may run.
    public var steps = 4_000_000
    /// Statements within statements, of the templates that it calls too, that it may be in at a time.
    public var depth = 1000

    public init() {}
}
