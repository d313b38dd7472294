internal import Primitives

extension TemplateFunction {
    /// Whether the first value is one of the others.
    static func isEqual(_ values: [TemplateValue]) throws(TemplateFailure) -> TemplateValue {
        if values.count < 2 { throw TemplateFailure("missing argument for comparison") }
        for value in values.dropFirst() where try equals(values[0], value) { return .boolean(true) }
        return .boolean(false)
    }

    static func equals(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFailure) -> Bool {
        switch (left, right) {
        case (.none, .none): return true
        case (.none, _), (_, .none): return false
        case (.boolean(let left), .boolean(let right)): return left == right
        case (.integer(let left), .integer(let right)): return left == right
        case (.float(let left), .float(let right)): return left == right
        case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
        case (.structure(let left), .structure(let right)):
            guard left.type == right.type, left.fields.count == right.fields.count else { return false }
            for (one, other) in zip(left.fields, right.fields) where try !equals(one.value, other.value) {
                return false
            }
            return true
        case (.list, .list), (.map, .map):
            throw TemplateFailure("non-comparable type \(left.formatted(PrintfVerb(verb: "s"))): \(left.typeName)")
        default: throw TemplateFailure("incompatible types for comparison")
        }
    }

    /// A function that asks how two values stand to each other: -1, 0 or 1.
    static func comparison(_ holds: @escaping @Sendable (Int) -> Bool) -> TemplateFunction {
        TemplateFunction(.any, .any) { (values) throws(TemplateFailure) in
            .boolean(holds(try order(values[0], values[1])))
        }
    }

    private static func order(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateFailure) -> Int {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): return left < right ? -1 : left == right ? 0 : 1
        case (.float(let left), .float(let right)): return left < right ? -1 : left == right ? 0 : 1
        case (.string(let left), .string(let right)):
            if left.utf8.elementsEqual(right.utf8) { return 0 }
            return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
        case (.boolean, .boolean), (.none, _), (.list, _), (.map, _), (.structure, _):
            throw TemplateFailure("invalid type for comparison")
        default: throw TemplateFailure("incompatible types for comparison")
        }
    }

    // MARK: Escapes

    static func escapedHTML(_ text: String) -> String {
        replaced(text) { scalar in
            switch scalar {
            case "\"": "&#34;"
            case "'": "&#39;"
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\0": "\u{FFFD}"
            default: nil
            }
        }
    }

    static func escapedScript(_ text: String) -> String {
        replaced(text) { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "'": "\\'"
            case "\"": "\\\""
            case "<", ">", "&", "=": hexadecimal(scalar)
            case _ where scalar.value < 0x20 || scalar == "\u{2028}" || scalar == "\u{2029}": hexadecimal(scalar)
            default: nil
            }
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        "\\u" + String(scalar.value, radix: 16, uppercase: true).leftPadded(to: 4)
    }

    /// For the query of a URL (RFC 3986): a blank is `+`.
    static func escapedQuery(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: " "): result += "+"
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + String(byte, radix: 16, uppercase: true).leftPadded(to: 2)
            }
        }
        return result
    }

    private static func replaced(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
        var result = ""
        for scalar in text.unicodeScalars { result += replacement(scalar) ?? String(scalar) }
        return result
    }
}
