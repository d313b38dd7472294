internal import Primitives
internal import TerminalUI

/// What is known of one thing, by the names that formats use.
typealias RecordFields = [(name: String, value: String)]

extension CommandContext {
    /// Prints records as a table of `columns` (heading and field), as JSON with one object a line, or by a template in
    /// which `{{.Name}}` and `{{json .Name}}` stand for fields; one that begins with `table ` makes a table of the
    /// columns that tabs separate.
    func printRecords(
        _ records: [RecordFields], columns: [(heading: String, field: String)], _ format: String
    ) throws(CommandError) {
        switch format {
        case "", "table":
            var table = Table(columns.map(\.heading), minimumWidth: 10)
            for record in records {
                table.add(columns.map { column in record.first { $0.name == column.field }?.value ?? "" })
            }
            output.write(table.text)
        case "json":
            for record in records { output.line(JSONValue(record).description) }
        default:
            let template = try RecordTemplate(format)
            guard format.hasPrefix("table ") else {
                for record in records { output.line(try template.fill(record)) }
                return
            }
            let names = records.first?.map(\.name) ?? columns.map(\.field)
            let heading = try template.fill(
                names.map { name in (name, columns.first { $0.field == name }?.heading ?? name.uppercased()) })
            var table = Table(
                heading.split(separator: "\t", omittingEmptySubsequences: false).map(String.init), minimumWidth: 10)
            for record in records {
                let cells = try template.fill(record).split(separator: "\t", omittingEmptySubsequences: false)
                table.add(cells.map(String.init))
            }
            output.write(table.text)
        }
    }
}

extension JSONValue {
    /// An object of texts, in the record's order.
    init(_ record: RecordFields) {
        self = .object(record.map { Member($0.name, .string($0.value)) })
    }
}

/// A format such as `{{.Name}}: {{json .Status}}`.
struct RecordTemplate {
    private enum Piece {
        case text(String)
        case field(String, json: Bool)
    }

    private var pieces: [Piece] = []

    init(_ format: String) throws(CommandError) {
        var rest = Substring(format.hasPrefix("table ") ? String(format.dropFirst(6)) : format)
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { break }
            pieces.append(.text(Self.unescaped(rest[..<open.lowerBound])))
            let words = rest[open.upperBound..<close.lowerBound].split(separator: " ")
            guard let last = words.last, last.hasPrefix("."),
                words.count == 1 || (words.count == 2 && words[0] == "json")
            else {
                throw CommandError(
                    "template \"\(format)\" is not understood", hint: "fields are written {{.Name}} or {{json .Name}}")
            }
            pieces.append(.field(String(last.dropFirst()), json: words.count == 2))
            rest = rest[close.upperBound...]
        }
        pieces.append(.text(Self.unescaped(rest)))
    }

    func fill(_ record: RecordFields) throws(CommandError) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let plain): text += plain
            case .field(let name, let json):
                guard let value = record.first(where: { $0.name == name })?.value else {
                    let known = record.map(\.name).joined(separator: ", ")
                    throw CommandError("there is no field \"\(name)\"", hint: "the known ones are \(known)")
                }
                text += json ? quotedJSON(value) : value
            }
        }
        return text
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var escaped = false
        for character in text {
            if escaped {
                result += character == "t" ? "\t" : character == "n" ? "\n" : "\\\(character)"
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else {
                result.append(character)
            }
        }
        return escaped ? result + "\\" : result
    }
}
