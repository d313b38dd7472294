internal import Primitives
import YAML

/// Prints block-style YAML with an indentation of two, quoting as docker compose's output does.
struct YAMLWriter {
    private var output: TextPieces

    static func write(_ value: OutputValue, to output: inout TextPieces) {
        var writer = YAMLWriter(output: output)
        if value.isBlock {
            writer.block(value, 0)
        } else {
            writer.scalar(value, 0)
            writer.output.append("\n")
        }
        output = writer.output
    }

    private mutating func indent(_ depth: Int) {
        for _ in 0..<depth { output.append("  ") }
    }

    private mutating func block(_ value: OutputValue, _ depth: Int, inline: Bool = false) {
        switch value {
        case .mapping(let entries):
            for (index, entry) in entries.enumerated() {
                if index > 0 || !inline { indent(depth) }
                self.entry(entry.key, entry.value, depth)
            }
        case .computed(let keys, let compute):
            for (index, key) in keys.enumerated() {
                if index > 0 || !inline { indent(depth) }
                entry(key, compute(key), depth)
            }
        case .list(let items):
            for (index, item) in items.enumerated() {
                if index > 0 || !inline { indent(depth) }
                output.append("- ")
                if item.isBlock {
                    block(item, depth + 1, inline: true)
                } else {
                    scalar(item, depth + 1)
                    output.append("\n")
                }
            }
        default: return
        }
    }

    private mutating func entry(_ key: String, _ value: OutputValue, _ depth: Int) {
        output.append(YAMLScalar.key(key))
        if value.isBlock {
            output.append(":\n")
            block(value, depth + 1)
        } else {
            output.append(": ")
            scalar(value, depth + 1)
            output.append("\n")
        }
    }

    private mutating func scalar(_ value: OutputValue, _ depth: Int) {
        switch value {
        case .null: output.append("null")
        case .bool(let value): output.append(value ? "true" : "false")
        case .integer(let number): output.append(String(number))
        case .unsigned(let number): output.append(String(number))
        case .number(let number, let single): output.append(Self.number(number, single))
        case .string(let text): output.append(YAMLScalar.text(text, depth: depth))
        case .list: output.append("[]")
        case .mapping, .computed: output.append("{}")
        }
    }

    private static func number(_ number: Double, _ single: Bool) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number > 0 ? ".inf" : "-.inf" }
        return NumberText.general(number, singlePrecision: single)
    }
}

/// Texts as YAML scalars.
enum YAMLScalar {
    private static let oldBooleans: Set<String> = [
        "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF",
    ]

    /// What keeps a text from being written in some way.
    private struct Traits {
        var plain = true
        var single = true
        var block = true
    }

    static func key(_ text: String) -> String {
        let traits = traits(of: text)
        if text.utf8.contains(10) { return doubleQuoted(text) }
        if needsQuotes(text) { return doubleQuoted(text) }
        return traits.plain ? text : traits.single ? singleQuoted(text) : doubleQuoted(text)
    }

    static func text(_ text: String, depth: Int) -> String {
        let traits = traits(of: text)
        if text.utf8.contains(10) { return traits.block ? literal(text, depth) : doubleQuoted(text) }
        if needsQuotes(text) { return doubleQuoted(text) }
        return traits.plain ? text : traits.single ? singleQuoted(text) : doubleQuoted(text)
    }

    /// Plain, it would be read as something else.
    private static func needsQuotes(_ text: String) -> Bool {
        if oldBooleans.contains(text) || isSexagesimal(text) { return true }
        if case .string = resolvePlainScalar(text) { return false }
        return true
    }

    /// `22:22`, a number of base 60 in YAML 1.1.
    private static func isSexagesimal(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == 43 || first == 45 || first >= 48 && first <= 57,
            text.utf8.contains(58)
        else { return false }
        let unsigned = first == 43 || first == 45 ? text.dropFirst() : text[...]
        let whole = unsigned.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        if whole.count == 2, !whole[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 || $0 == 95 }) { return false }
        let parts = whole[0].split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, parts[0].utf8.first.map({ $0 >= 48 && $0 <= 57 }) == true,
            parts[0].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 || $0 == 95 })
        else { return false }
        return parts.dropFirst().allSatisfy { part in
            guard let number = UInt8(part), part.count <= 2, part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
                return false
            }
            return number < 60
        }
    }

    private static func traits(of text: String) -> Traits {
        var traits = Traits()
        if text.hasPrefix("---") || text.hasPrefix("...") { traits.plain = false }
        var previous: Unicode.Scalar?
        var special = false
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let blankFollows = index + 1 == scalars.count || isBlank(scalars[index + 1])
            let afterBlank = previous.map(isBlank) ?? true
            if index == 0 { checkFirst(scalar, blankFollows, &traits) }
            if scalar == ":", blankFollows { traits.plain = false }
            if scalar == "#", index > 0, afterBlank { traits.plain = false }
            if scalar == "\t" { (traits.plain, traits.single) = (false, false) }
            if !isPrintable(scalar) { special = true }
            if isBreak(scalar), let previous, previous == " " {
                (traits.plain, traits.single, traits.block) = (false, false, false)
            }
            if scalar == " ", let previous, isBreak(previous) { (traits.plain, traits.single) = (false, false) }
            previous = scalar
        }
        if special { traits = Traits(plain: false, single: false, block: false) }
        if let first = scalars.first, isBlank(first) { traits.plain = false }
        // No parser takes a block whose indentation is followed by a tab, though docker compose writes one.
        if scalars.first == "\t" { traits.block = false }
        if let last = scalars.last, isBlank(last) {
            traits.plain = false
            if last == " " || last == "\t" { traits.block = false }
        }
        return traits
    }

    private static func checkFirst(_ scalar: Unicode.Scalar, _ blankFollows: Bool, _ traits: inout Traits) {
        switch scalar {
        case "#", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`": traits.plain = false
        case "?", "-": if blankFollows { traits.plain = false }
        default: break
        }
    }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || isBreak(scalar) }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 9, 10, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        default: false
        }
    }

    private static func singleQuoted(_ text: String) -> String {
        let parts = text.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.map { String($0) }.joined(separator: "''") + "'"
    }

    private static func literal(_ text: String, _ depth: Int) -> String {
        var header = "|"
        if text.hasPrefix(" ") || text.hasPrefix("\n") { header += "2" }
        if !text.hasSuffix("\n") {
            header += "-"
        } else if text == "\n" || text.hasSuffix("\n\n") {
            header += "+"
        }
        let indentation = String(repeating: "  ", count: depth)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if text.hasSuffix("\n") { lines.removeLast() }
        return header + lines.map { $0.isEmpty ? "\n" : "\n\(indentation)\($0)" }.joined()
    }

    private static func doubleQuoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\0": output += "\\0"
            case "\u{7}": output += "\\a"
            case "\u{8}": output += "\\b"
            case "\t": output += "\\t"
            case "\n": output += "\\n"
            case "\u{B}": output += "\\v"
            case "\u{C}": output += "\\f"
            case "\r": output += "\\r"
            case "\u{1B}": output += "\\e"
            case "\u{85}": output += "\\N"
            case "\u{2028}": output += "\\L"
            case "\u{2029}": output += "\\P"
            default: output += isPrintable(scalar) ? String(scalar) : escape(scalar)
            }
        }
        return output + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        func padded(_ width: Int) -> String { digits.leftPadded(to: width) }
        if scalar.value <= 0xFF { return "\\x" + padded(2) }
        return scalar.value <= 0xFFFF ? "\\u" + padded(4) : "\\U" + padded(8)
    }
}
