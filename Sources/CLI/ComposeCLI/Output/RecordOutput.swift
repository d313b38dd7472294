internal import Primitives
internal import Templates
internal import TerminalUI

/// What is known of one thing, by the names that formats use, all of it text.
typealias RecordFields = [(name: String, value: String)]

/// What is known of one thing as `--format` sees it: fields with their types, and labels that `.Label "x"` looks up.
struct Record {
    var fields: [(name: String, value: TemplateValue)]
    var labels: [String: String]?

    init(_ fields: [(name: String, value: TemplateValue)], labels: [String: String]? = nil) {
        self.fields = fields
        self.labels = labels
    }

    init(_ fields: RecordFields, labels: [String: String]? = nil) {
        self.init(fields.map { (name: $0.name, value: .string($0.value)) }, labels: labels)
    }

    /// A field as a table shows it; empty without such a field.
    func text(_ name: String) -> String { fields.first { $0.name == name }?.value.printed ?? "" }

    fileprivate func value(_ type: String) -> TemplateValue {
        var methods: [String: @Sendable (String) -> String] = [:]
        if let labels { methods["Label"] = { labels[$0] ?? "" } }
        return .structure(TemplateStructure("*formatter.\(type)", fields, methods: methods))
    }
}

/// How a kind of things is listed.
struct RecordLayout {
    /// What docker calls it in errors: `ContainerContext`.
    var type: String
    /// Headings of `--format table` and the fields below them.
    var columns: [(heading: String, field: String)]
    /// Headings of fields that stand in no column; others are headed by nothing, as in docker's tables.
    var headings: [(heading: String, field: String)] = []
    /// The template of `--format raw`; nil where docker has none.
    var raw: String?

    /// A field by the heading that stands over it.
    fileprivate var header: TemplateValue {
        var members: [String: TemplateValue] = [:]
        for column in columns + headings { members[column.field] = .string(column.heading) }
        return .map(TemplateMap(members, methods: ["Label": Self.heading]))
    }

    /// `.Label "org.shop.front-row"` is headed `front row`.
    @Sendable private static func heading(ofLabel name: String) -> String {
        let last = name.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        return String(last.map { $0 == "-" || $0 == "_" ? " " : $0 })
    }
}

extension CommandContext {
    /// Prints records by a format as docker has them: `table` (the default), `table TEMPLATE`, `json` (an object a
    /// line), or a template for each. Nothing is printed if the template has a mistake or fails for one of them.
    func printRecords(_ records: [Record], _ layout: RecordLayout, _ format: String) throws {
        switch format {
        case "", "table":
            var table = Table(layout.columns.map(\.heading), minimumWidth: 10)
            for record in records { table.add(layout.columns.map { record.text($0.field) }) }
            output.write(table.text)
        case "json":
            for record in records { output.line(record.value(layout.type).json.text(.go)) }
        default:
            let isTable = format.hasPrefix("table")
            let raw = format == "raw" ? layout.raw : nil
            let template = try parsedTemplate(raw ?? Self.prepared(isTable ? String(format.dropFirst(5)) : format))
            let texts = try records.map { (record) throws(CommandError) in
                try filled(template, record.value(layout.type))
            }
            guard isTable else {
                printFilled(texts, by: format)
                return
            }
            let header = template.fillAsFarAsPossible(layout.header, functions: .headings)
            var table = Table([], minimumWidth: 10)
            for line in ([header] + texts).flatMap({ $0.split(separator: "\n", omittingEmptySubsequences: false) }) {
                table.add(line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
            }
            output.write(table.text)
        }
    }

    /// The same for records that are texts alone.
    func printRecords(
        _ records: [RecordFields], columns: [(heading: String, field: String)], _ format: String
    ) throws {
        // A field without a column is headed by its own name.
        let rest = (records.first ?? []).filter { field in !columns.contains { $0.field == field.name } }
        let layout = RecordLayout(
            type: "Context", columns: columns, headings: rest.map { (heading: $0.name.uppercased(), field: $0.name) })
        try printRecords(records.map { Record($0) }, layout, format)
    }

    /// Prints documents as `docker inspect` does: all in one array, `json` an object a line, or a template for each, in
    /// which a key that is not there is an error.
    ///
    /// - Parameter maps: members of the documents that hold any keys: there, one that is missing is `<no value>`.
    func printDocuments(
        _ documents: [JSONValue], _ format: String, maps: Set<String> = ["Labels", "Options", "Ports", "Volumes"]
    ) throws {
        switch format {
        case "": output.line(JSONValue.array(documents).indented(by: "    "))
        case "json": for document in documents { output.line(document.description) }
        default:
            let template = try parsedTemplate(format)
            let texts = try documents.map { (document) throws(CommandError) in
                try filled(template, TemplateValue(document, maps: maps))
            }
            printFilled(texts, by: format)
        }
    }

    /// What others chose, such as labels of images, does not reach the terminal as it is, unless the template does that
    /// on purpose.
    private func printFilled(_ texts: [String], by format: String) {
        let isGuarded = output.isTerminal && format.withoutControlsInLines == format
        for text in texts { output.line(isGuarded ? text.withoutControlsInLines : text) }
    }

    private func parsedTemplate(_ text: String) throws(CommandError) -> Template {
        do throws(TemplateError) {
            return try Template(text)
        } catch {
            throw CommandError("template parsing error: \(error)")
        }
    }

    private func filled(_ template: Template, _ value: TemplateValue) throws(CommandError) -> String {
        do throws(TemplateError) {
            return try template.fill(value)
        } catch {
            throw CommandError("template parsing error: \(error)")
        }
    }

    /// `\t` and `\n` are written out by shells.
    private static func prepared(_ format: String) -> String {
        let blanks = format.prefix { $0 == " " }.count
        var text = String(format.dropFirst(blanks))
        while text.hasSuffix(" ") { text.removeLast() }
        return text.replacing("\\t", with: "\t").replacing("\\n", with: "\n")
    }
}
