import YAML

extension Node {
    /// A scalar as text, as it would be written into a variable.
    var text: String {
        switch value {
        case .null, .refused: ""
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .float(let value): NumberText.general(value)
        case .string(let value): value
        case .timestamp(let value, _): value
        case .sequence(let items): "[" + items.map(\.text).joined(separator: " ") + "]"
        case .mapping(let mapping):
            "{" + mapping.entries.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ") + "}"
        }
    }

    /// How many values there are in it.
    var size: Int {
        switch value {
        case .sequence(let items): items.reduce(1) { $0 + $1.size }
        case .mapping(let mapping): mapping.entries.reduce(1) { $0 + $1.value.size }
        default: 1
        }
    }

    /// What kind of value it is, for messages.
    var kindName: String {
        switch value {
        case .null, .refused: "nothing"
        case .bool: "a boolean"
        case .integer, .unsigned: "an integer"
        case .float: "a number"
        case .string: "text"
        case .timestamp: "a date"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// Numbers as text, in the shortest digits that read back the same.
enum NumberText {
    /// With an exponent from 1e+06 and below 1e-4 on, as variables and YAML have it.
    static func general(_ value: Double, singlePrecision: Bool = false) -> String {
        format(singlePrecision ? Float(value).description : value.description, value, exponentFrom: 6, below: -4)
    }

    /// With an exponent from 1e+21 and below 1e-6 on, as JSON has it.
    static func json(_ value: Double, singlePrecision: Bool = false) -> String {
        format(singlePrecision ? Float(value).description : value.description, value, exponentFrom: 21, below: -6)
    }

    private static func format(
        _ description: String, _ value: Double, exponentFrom largest: Int, below smallest: Int
    ) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        let sign = description.hasPrefix("-") ? "-" : ""
        let parts = description.drop { $0 == "-" }.split(separator: "e")
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let mantissa = parts[0].split(separator: ".")
        var digits = String(mantissa[0]) + (mantissa.count > 1 ? mantissa[1] : "")
        exponent += mantissa[0].count - 1
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        if digits == "0" { return sign + "0" }
        if exponent < smallest || exponent >= largest {
            let size = abs(exponent)
            let power = (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + String(size)
            let fraction = digits.dropFirst()
            return sign + digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + "e" + power
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }
}
