internal import Primitives

extension TemplateValue {
    /// As a template prints it.
    public var printed: String {
        if case .none = self { return "<no value>" }
        return shown
    }

    /// As Go's `fmt.Sprint` does: what is not there is `<nil>`.
    var shown: String {
        if case .string(let text) = self { return text }
        return formatted(PrintfVerb())
    }

    /// As a verb of `printf` does.
    func formatted(_ verb: PrintfVerb) -> String {
        if verb.verb == "T" { return PrintfVerb(minus: verb.minus, width: verb.width).padded(typeName) }
        switch self {
        case .none: return verb.verb == "v" ? verb.padded("<nil>") : "%!\(verb.verb)(<nil>)"
        case .boolean(let value):
            return verb.verb == "t" || verb.verb == "v" ? verb.padded("\(value)") : complaint(verb)
        case .integer(let value): return verb.text(of: value) ?? complaint(verb)
        case .float(let value): return verb.text(of: value) ?? complaint(verb)
        case .string(let value): return verb.text(of: value) ?? complaint(verb)
        case .list(let elements, let type):
            let inner = elements.map { $0.formatted(verb) }
            if verb.verb == "v", verb.sharp { return "\(type){\(inner.joined(separator: ", "))}" }
            return "[\(inner.joined(separator: " "))]"
        case .map(let map):
            let isSource = verb.verb == "v" && verb.sharp
            let inner = map.sorted.map { member -> String in
                let name = TemplateValue.string(member.name).formatted(verb)
                return "\(name):\(member.value.formatted(verb))"
            }
            return isSource ? "\(map.type){\(inner.joined(separator: ", "))}" : "map[\(inner.joined(separator: " "))]"
        case .structure(let structure):
            let isNamed = verb.verb == "v" && (verb.plus || verb.sharp)
            let inner = structure.fields.map { field in
                (isNamed ? "\(field.name):" : "") + field.value.formatted(verb)
            }
            if verb.verb == "v", verb.sharp { return "\(structure.type){\(inner.joined(separator: ", "))}" }
            return "{\(inner.joined(separator: " "))}"
        }
    }

    /// `%!d(string=x)`.
    private func complaint(_ verb: PrintfVerb) -> String { "%!\(verb.verb)(\(typeName)=\(shown))" }
}

extension PrintfVerb {
    /// nil for a verb that is not one of whole numbers.
    fileprivate func text(of value: Int64) -> String? {
        switch verb {
        case "v", "d": return number(value, 10, "")
        case "b": return number(value, 2, sharp ? "0b" : "")
        case "o": return number(value, 8, sharp ? "0" : "")
        case "O": return number(value, 8, "0o")
        case "x": return number(value, 16, sharp ? "0x" : "")
        case "X": return number(value, 16, sharp ? "0X" : "").uppercased()
        case "c": return padded(character(value), zeros: true)
        case "q":
            let text = character(value)
            return padded("'" + (text == "'" ? "\\'" : String(text.quotedAsInGo.dropFirst().dropLast())) + "'")
        case "U":
            let digits = String(value, radix: 16, uppercase: true).leftPadded(to: max(4, precision ?? 4))
            return padded("U+\(digits)" + (sharp ? " '\(character(value))'" : ""))
        default: return nil
        }
    }

    private func character(_ value: Int64) -> String {
        UInt32(exactly: value).flatMap { Unicode.Scalar($0) }.map { String($0) } ?? "\u{FFFD}"
    }

    private func number(_ value: Int64, _ radix: Int, _ prefix: String) -> String {
        if precision == 0, value == 0 { return PrintfVerb(minus: minus, width: width).padded("") }
        var digits = String(value.magnitude, radix: radix)
        let sign = value < 0 ? "-" : plus && verb != "v" ? "+" : space ? " " : ""
        if let precision {
            digits = digits.leftPadded(to: precision)
        } else if zero, !minus, let width {
            digits = digits.leftPadded(to: width - sign.utf8.count)
        }
        return padded(sign + prefix + digits)
    }

    /// nil for a verb that is not one of fractions.
    fileprivate func text(of value: Double) -> String? {
        let size: String
        switch verb {
        case "v", "g": size = DecimalExpansion.general(value, precision)
        case "G": size = DecimalExpansion.general(value, precision).uppercased()
        case "e", "E":
            var decimal = DecimalExpansion(exactly: value)
            decimal.round(to: (precision ?? 6) + 1)
            let text = decimal.scientific(precision ?? 6)
            size = verb == "e" ? text : text.uppercased()
        case "f", "F":
            var decimal = DecimalExpansion(exactly: value)
            decimal.round(to: decimal.point + (precision ?? 6))
            size = decimal.fixed(precision ?? 6)
        default: return nil
        }
        let sign = value.sign == .minus ? "-" : plus && verb != "v" ? "+" : space ? " " : ""
        guard value.isFinite else { return padded(goText(value)) }
        let digits = zero && !minus ? size.leftPadded(to: (width ?? 0) - sign.utf8.count) : size
        return padded(sign + digits)
    }

    /// nil for a verb that is not one of texts.
    fileprivate func text(of value: String) -> String? {
        let kept = precision.map { String(String.UnicodeScalarView(value.unicodeScalars.prefix($0))) } ?? value
        switch verb {
        case "v" where sharp: return padded(kept.quotedAsInGo)
        case "v", "s": return padded(kept, zeros: true)
        case "q":
            if sharp, !kept.contains("`"), kept.withoutControls == kept { return padded("`\(kept)`") }
            return padded(plus ? Self.ascii(kept.quotedAsInGo) : kept.quotedAsInGo, zeros: true)
        case "x", "X":
            let bytes = precision.map { Array(value.utf8.prefix($0)) } ?? Array(value.utf8)
            let pairs = bytes.map { String($0, radix: 16, uppercase: verb == "X").leftPadded(to: 2) }
            let prefix = sharp ? (verb == "x" ? "0x" : "0X") : ""
            let text = space ? pairs.map { prefix + $0 }.joined(separator: " ") : prefix + pairs.joined()
            return padded(pairs.isEmpty ? "" : text, zeros: true)
        default: return nil
        }
    }

    /// With `\u00fc` for what is not ASCII.
    private static func ascii(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            if scalar.isASCII { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return scalar.value > 0xFFFF ? "\\U" + digits.leftPadded(to: 8) : "\\u" + digits.leftPadded(to: 4)
        }.joined()
    }
}
