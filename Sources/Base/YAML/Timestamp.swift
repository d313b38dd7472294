internal import Primitives

/// Dates and times of YAML 1.1: `2001-12-14`, `2001-12-14t21:59:43.10-05:00`, `2001-12-14 21:59:43.10`.
enum Timestamp {
    /// The text in RFC 3339; nil when it is no timestamp.
    static func normalized(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 8, bytes.prefix(4).allSatisfy(isDigit), bytes[4] == UInt8(ascii: "-") else { return nil }
        var scanner = Scanner(bytes: bytes)
        guard let year = scanner.number(4, 4), scanner.take("-"), let month = scanner.number(1, 2), scanner.take("-"),
            let day = scanner.number(1, 2), (1...12).contains(month), day >= 1, day <= days(year, month)
        else { return nil }
        let date = "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
        if scanner.isAtEnd { return "\(date)T00:00:00Z" }
        let spaced = scanner.take(" ")
        guard spaced || scanner.take("T") || scanner.take("t") else { return nil }
        guard let hour = scanner.number(1, 2), scanner.take(":"), let minute = scanner.number(1, 2), scanner.take(":"),
            let second = scanner.number(1, 2), hour < 24, minute < 60, second < 60
        else { return nil }
        var time = "\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second, 2))"
        if scanner.take(".") {
            guard var digits = scanner.digits() else { return nil }
            while digits.hasSuffix("0") { digits.removeLast() }
            if !digits.isEmpty { time += ".\(digits.prefix(9))" }
        }
        if spaced { return scanner.isAtEnd ? "\(date)T\(time)Z" : nil }
        if scanner.take("Z") { return scanner.isAtEnd ? "\(date)T\(time)Z" : nil }
        let negative = scanner.take("-")
        guard negative || scanner.take("+"), let zoneHour = scanner.number(2, 2), scanner.take(":"),
            let zoneMinute = scanner.number(2, 2), scanner.isAtEnd
        else { return nil }
        return "\(date)T\(time)\(negative ? "-" : "+")\(pad(zoneHour, 2)):\(pad(zoneMinute, 2))"
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ character: Character) -> Bool {
            guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
            position += 1
            return true
        }

        mutating func number(_ least: Int, _ most: Int) -> Int? {
            var value = 0
            var count = 0
            while count < most, position < bytes.count, isDigit(bytes[position]) {
                value = value * 10 + Int(bytes[position] - 48)
                position += 1
                count += 1
            }
            return count >= least ? value : nil
        }

        mutating func digits() -> String? {
            let start = position
            while position < bytes.count, isDigit(bytes[position]) { position += 1 }
            return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    private static func pad(_ number: Int, _ width: Int) -> String {
        String(number).leftPadded(to: width)
    }

    private static func days(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
