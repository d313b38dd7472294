import ComposeModel
import YAML

/// A value to print; mappings keep their order.
enum OutputValue {
    struct Entry {
        var key: String
        var value: OutputValue

        init(_ key: String, _ value: OutputValue) {
            self.key = key
            self.value = value
        }
    }

    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// `single`: printed in the digits that single precision needs.
    case number(Double, single: Bool)
    case string(String)
    case list([OutputValue])
    case mapping([Entry])
}

extension OutputValue {
    init(_ value: ConfigValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .unsigned(let value): self = .unsigned(value)
        case .float(let value): self = .number(value, single: false)
        case .string(let text): self = .string(text)
        case .list(let items): self = .list(items.map { OutputValue($0) })
        case .mapping(let values): self = .sorted(values.map { Entry($0.key, OutputValue($0.value)) })
        }
    }

    init(_ node: Node) {
        switch node.value {
        case .null, .refused: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .unsigned(let value): self = .unsigned(value)
        case .float(let value): self = .number(value, single: false)
        case .string(let text), .timestamp(let text): self = .string(text)
        case .sequence(let items): self = .list(items.map { OutputValue($0) })
        case .mapping(let mapping): self = .sorted(mapping.entries.map { Entry($0.key, OutputValue($0.value)) })
        }
    }

    /// A mapping in the order of its keys, numbers in them by value: `a9` before `a10`.
    static func sorted(_ entries: [Entry]) -> OutputValue {
        .mapping(entries.count < 2 ? entries : entries.sorted { KeyOrder.precedes($0.key, $1.key) })
    }

    static func strings(_ texts: [String]) -> OutputValue { .list(texts.map { .string($0) }) }
}

/// The order of keys in printed mappings.
enum KeyOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let first = Array(left.unicodeScalars)
        let second = Array(right.unicodeScalars)
        var digits = false
        for index in 0..<min(first.count, second.count) {
            if first[index] == second[index] {
                digits = isDigit(first[index])
                continue
            }
            let (firstLetter, secondLetter) = (isLetter(first[index]), isLetter(second[index]))
            if firstLetter, secondLetter { return first[index] < second[index] }
            if firstLetter || secondLetter { return digits ? firstLetter : secondLetter }
            if let result = numbers(first, second, index) { return result }
            return first[index] < second[index]
        }
        return first.count < second.count
    }

    /// Compares the numbers that start at `index`, or before it after a common zero.
    private static func numbers(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar], _ index: Int) -> Bool? {
        var leading: UInt32 = 0
        if first[index] == "0" || second[index] == "0" {
            var position = index - 1
            while position >= 0, isDigit(first[position]) {
                if first[position] != "0" {
                    leading = 1
                    break
                }
                position -= 1
            }
        }
        func value(_ text: [Unicode.Scalar]) -> (end: Int, number: UInt64) {
            var end = index
            var number = UInt64(leading)
            while end < text.count, isDigit(text[end]) {
                number = number &* 10 &+ UInt64(text[end].value - 48)
                end += 1
            }
            return (end, number)
        }
        let (firstEnd, firstNumber) = value(first)
        let (secondEnd, secondNumber) = value(second)
        if firstNumber != secondNumber { return firstNumber < secondNumber }
        return firstEnd == secondEnd ? nil : firstEnd < secondEnd
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 48 && scalar.value <= 57 }
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic }
}
