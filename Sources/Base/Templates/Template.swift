/// A template in the language of Go's text/template, with the functions that docker adds.
///
/// Values in, text out: it reads no files, runs no programs and ends within its limits.
public struct Template: Sendable {
    /// What fills it besides fields.
    public enum Functions: Sendable {
        /// docker's: `json`, `split`, `join`, `title`, `lower`, `upper`, `pad`, `truncate`.
        case values
        /// The same names for the headings of a table, which stay as they are: `{{upper .Name}}` is headed `NAME`.
        case headings

        fileprivate var table: [String: TemplateFunction] {
            switch self {
            case .values: TemplateFunction.builtIn.merging(TemplateFunction.docker) { $1 }
            case .headings: TemplateFunction.builtIn.merging(TemplateFunction.dockerHeadings) { $1 }
            }
        }
    }

    let text: String
    let statements: [TemplateStatement]
    let definitions: [String: [TemplateStatement]]

    /// Reads a template.
    public init(_ text: String) throws(TemplateError) {
        var parser = TemplateParser(text, functions: Functions.values.table)
        statements = try parser.parse()
        definitions = parser.definitions
        self.text = text
    }

    /// The template's text for one value.
    public func fill(
        _ value: TemplateValue, functions: Functions = .values, limits: TemplateLimits = TemplateLimits()
    ) throws(TemplateError) -> String {
        var execution = TemplateExecution(self, functions.table, limits)
        try execution.run(value)
        return String(decoding: execution.output, as: UTF8.self)
    }

    /// As ``fill(_:functions:limits:)``, but what was printed before an error stays and the error does not matter.
    public func fillAsFarAsPossible(_ value: TemplateValue, functions: Functions = .values) -> String {
        var execution = TemplateExecution(self, functions.table, TemplateLimits())
        try? execution.run(value)
        return String(decoding: execution.output, as: UTF8.self)
    }
}
