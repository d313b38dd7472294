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
    /// A large mapping whose values are made while it is printed.
    case computed([String], (String) -> OutputValue)

    /// A mapping or list that is not empty.
    var isBlock: Bool {
        switch self {
        case .list(let items): !items.isEmpty
        case .mapping(let entries): !entries.isEmpty
        case .computed(let keys, _): !keys.isEmpty
        default: false
        }
    }
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
        case .string(let text), .timestamp(let text, _): self = .string(text)
        case .sequence(let items): self = .list(items.map { OutputValue($0) })
        case .mapping(let mapping): self = .sorted(mapping.entries.map { Entry($0.key, OutputValue($0.value)) })
        }
    }

    /// A mapping in the order of its keys, numbers in them by value: `a9` before `a10`.
    static func sorted(_ entries: [Entry]) -> OutputValue {
        .mapping(entries.count < 2 ? entries : entries.sorted { KeyOrder.precedes($0.key, $1.key) })
    }

    /// With null for empty lists, as docker compose prints those in JSON that no step of the loader has made anew.
    var withoutEmptyLists: OutputValue {
        switch self {
        case .list(let items): items.isEmpty ? .null : .list(items.map(\.withoutEmptyLists))
        case .mapping(let entries): .mapping(entries.map { Entry($0.key, $0.value.withoutEmptyLists) })
        default: self
        }
    }

    static func strings(_ texts: [String]) -> OutputValue { .list(texts.map { .string($0) }) }
}

/// The order of keys in printed mappings.
enum KeyOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        var (left, right) = (left, right)
        let ascii = left.withUTF8 { first in
            right.withUTF8 { second -> Bool? in
                guard first.allSatisfy({ $0 < 128 }), second.allSatisfy({ $0 < 128 }) else { return nil }
                return precedes(first, second, value: UInt32.init) { $0 | 32 >= 97 && $0 | 32 <= 122 }
            }
        }
        if let ascii { return ascii }
        return precedes(Array(left.unicodeScalars), Array(right.unicodeScalars), value: \.value) {
            $0.properties.isAlphabetic
        }
    }

    private static func precedes<Characters: RandomAccessCollection>(
        _ first: Characters, _ second: Characters, value: (Characters.Element) -> UInt32,
        isLetter: (Characters.Element) -> Bool
    ) -> Bool where Characters.Index == Int, Characters.Element: Equatable {
        func isDigit(_ element: Characters.Element) -> Bool { value(element) >= 48 && value(element) <= 57 }
        var digits = false
        for index in 0..<min(first.count, second.count) {
            if first[index] == second[index] {
                digits = isDigit(first[index])
                continue
            }
            let (firstLetter, secondLetter) = (isLetter(first[index]), isLetter(second[index]))
            if firstLetter, secondLetter { return value(first[index]) < value(second[index]) }
            if firstLetter || secondLetter { return digits ? firstLetter : secondLetter }
            if let result = numbers(first, second, index, value) { return result }
            return value(first[index]) < value(second[index])
        }
        return first.count < second.count
    }

    /// Compares the numbers that start at `index`, or before it after a common zero.
    private static func numbers<Characters: RandomAccessCollection>(
        _ first: Characters, _ second: Characters, _ index: Int, _ value: (Characters.Element) -> UInt32
    ) -> Bool? where Characters.Index == Int {
        func isDigit(_ element: Characters.Element) -> Bool { value(element) >= 48 && value(element) <= 57 }
        var leading: UInt64 = 0
        if value(first[index]) == 48 || value(second[index]) == 48 {
            var position = index - 1
            while position >= 0, isDigit(first[position]) {
                if value(first[position]) != 48 {
                    leading = 1
                    break
                }
                position -= 1
            }
        }
        func number(_ text: Characters) -> (end: Int, number: UInt64) {
            var end = index
            var number = leading
            while end < text.count, isDigit(text[end]) {
                number = number &* 10 &+ UInt64(value(text[end]) - 48)
                end += 1
            }
            return (end, number)
        }
        let (firstEnd, firstNumber) = number(first)
        let (secondEnd, secondNumber) = number(second)
        if firstNumber != secondNumber { return firstNumber < secondNumber }
        return firstEnd == secondEnd ? nil : firstEnd < secondEnd
    }
}
