internal import Primitives

extension TemplateFunction {
    /// Those that docker adds.
    static let docker: [String: TemplateFunction] = [
        "join": TemplateFunction(.strings, .string) { values in
            guard case .list(let elements, _) = values[0] else { return .string("") }
            return .string(elements.map(\.printed).joined(separator: values[1].printed))
        },
        "json": TemplateFunction(.any) { .string(json($0[0])) },
        "lower": TemplateFunction(.string) { .string(mapped($0[0].printed, \.lowercaseMapping)) },
        "pad": TemplateFunction(.string, .integer, .integer, body: padded),
        "split": TemplateFunction(.string, .string) { .strings(split($0[0].printed, $0[1].printed)) },
        "title": TemplateFunction(.string) { .string(titled($0[0].printed)) },
        "truncate": TemplateFunction(.string, .integer, body: truncated),
        "upper": TemplateFunction(.string) { .string(mapped($0[0].printed, \.uppercaseMapping)) },
    ]

    /// The same where a table's headings stand for values: they stay as they are.
    static let dockerHeadings: [String: TemplateFunction] = docker.merging([
        "json": TemplateFunction(.string) { $0[0] },
        "lower": TemplateFunction(.string) { $0[0] },
        "title": TemplateFunction(.string) { $0[0] },
        "truncate": TemplateFunction(.string, .integer) { $0[0] },
        "upper": TemplateFunction(.string) { $0[0] },
    ]) { $1 }

    /// What writes itself as JSON, as the things of a list do, has the escapes of Go's encoder; docker's function has not.
    private static func json(_ value: TemplateValue) -> String {
        if case .structure(let structure) = value, structure.hasMethodsForFields { return value.json.text(.go) }
        return value.json.text(.goWithoutHTML)
    }

    /// What a template may make of a blank.
    private static let widest: Int64 = 1 << 20

    private static func padded(_ values: [TemplateValue]) throws(TemplateFailure) -> TemplateValue {
        guard case .string(let text) = values[0], case .integer(let before) = values[1],
            case .integer(let after) = values[2], !text.isEmpty
        else { return values[0] }
        if before < 0 || after < 0 { throw TemplateFailure("strings: negative Repeat count") }
        if before > widest || after > widest { throw TemplateFailure("more than \(widest) blanks") }
        return .string(String(repeating: " ", count: Int(before)) + text + String(repeating: " ", count: Int(after)))
    }

    /// Counted in bytes, as docker does it.
    private static func truncated(_ values: [TemplateValue]) throws(TemplateFailure) -> TemplateValue {
        guard case .string(let text) = values[0], case .integer(let length) = values[1] else { return values[0] }
        if length < 0 { throw TemplateFailure("runtime error: slice bounds out of range [:\(length)]") }
        guard Int64(text.utf8.count) >= length else { return .string(text) }
        return .string(String(decoding: text.utf8.prefix(Int(length)), as: UTF8.self))
    }

    /// Without a separator: characters.
    private static func split(_ text: String, _ separator: String) -> [String] {
        if separator.isEmpty { return text.unicodeScalars.map { String($0) } }
        var parts: [String] = []
        var rest = text[...]
        while let found = rest.firstRange(of: separator) {
            parts.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return parts + [String(rest)]
    }

    /// Character by character, as Go does it: one that becomes several stays.
    private static func mapped(_ text: String, _ mapping: KeyPath<Unicode.Scalar.Properties, String>) -> String {
        text.unicodeScalars.map { scalar in
            let other = scalar.properties[keyPath: mapping]
            return other.unicodeScalars.count == 1 ? other : String(scalar)
        }.joined()
    }

    /// The first letter of each word as a capital.
    private static func titled(_ text: String) -> String {
        var isInside = false
        return text.unicodeScalars.map { scalar in
            defer {
                isInside = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
            }
            return isInside ? String(scalar) : mapped(String(scalar), \.titlecaseMapping)
        }.joined()
    }
}
