/// The digits of a finite number: `0.d₁d₂d₃… × 10^point`.
struct DecimalExpansion {
    /// From 0 to 9; none for zero.
    var digits: [UInt8]
    /// Digits before the decimal point; negative for zeros behind it.
    var point: Int

    /// All digits, however many there are.
    init(exactly value: Double) {
        let exponent = max(Int(value.exponentBitPattern), 1) - 1075
        let significand = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        digits = String(significand).utf8.reversed().map { $0 - 48 }
        // A half is five tenths.
        for _ in 0..<abs(exponent) { Self.multiply(&digits, by: exponent < 0 ? 5 : 2) }
        point = digits.count + min(exponent, 0)
        digits.reverse()
        trim()
    }

    /// As few digits as tell the number from its neighbours.
    init(shortest value: Double) {
        let parts = "\(value.magnitude)".split(separator: "e")
        let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        digits = halves.joined().utf8.map { $0 - 48 }
        point = halves[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        trim()
    }

    /// - Parameter digits: the last one first.
    private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
        var carry: UInt8 = 0
        for index in digits.indices {
            let product = digits[index] * factor + carry
            digits[index] = product % 10
            carry = product / 10
        }
        if carry > 0 { digits.append(carry) }
    }

    private mutating func trim() {
        let zeros = digits.prefix { $0 == 0 }.count
        if zeros > 0 {
            digits.removeFirst(zeros)
            point -= zeros
        }
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty { point = 0 }
    }

    /// Keeps that many digits; a half goes to the even neighbour.
    mutating func round(to count: Int) {
        guard count < digits.count else { return }
        guard count >= 0 else { return clear() }
        let rest = digits[count...]
        let isHalf = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
        let isUp = isHalf ? count > 0 && digits[count - 1] % 2 == 1 : rest.first.map { $0 >= 5 } ?? false
        digits.removeLast(digits.count - count)
        if isUp {
            var index = count - 1
            while index >= 0, digits[index] == 9 { index -= 1 }
            if index < 0 {
                digits = [1]
                point += 1
                return
            }
            digits[index] += 1
            digits.removeLast(digits.count - index - 1)
        }
        trim()
    }

    private mutating func clear() {
        digits = []
        point = 0
    }

    // MARK: Text

    /// `123.450`, with that many digits behind the point; nil as many as there are.
    func fixed(_ precision: Int?) -> String {
        let whole = point > 0 ? text(0..<point) : "0"
        let count = precision ?? max(0, digits.count - point)
        return count > 0 ? whole + "." + text(point..<(point + count)) : whole
    }

    /// `1.2345e+02`, with that many digits behind the point; nil as many as there are.
    func scientific(_ precision: Int?) -> String {
        let count = precision ?? max(0, digits.count - 1)
        let exponent = digits.isEmpty ? 0 : point - 1
        let fraction = count > 0 ? "." + text(1..<(1 + count)) : ""
        let size = abs(exponent)
        return text(0..<1) + fraction + "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + "\(size)"
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: range.map { digits.indices.contains($0) ? digits[$0] + 48 : 48 }, as: UTF8.self)
    }
}

extension DecimalExpansion {
    /// A number's magnitude in the shorter of both forms, as `%g` has it.
    ///
    /// - Parameter precision: digits in all; nil as many as tell the number apart.
    static func general(_ value: Double, _ precision: Int? = nil) -> String {
        var decimal = precision == nil ? DecimalExpansion(shortest: value) : DecimalExpansion(exactly: value)
        let count = precision.map { max($0, 1) }
        if let count { decimal.round(to: count) }
        let exponent = decimal.point - 1
        var limit = count ?? 6
        let length = decimal.digits.count
        if let count, count > length, length >= decimal.point { limit = length }
        return exponent < -4 || exponent >= limit ? decimal.scientific(nil) : decimal.fixed(nil)
    }
}

/// A number with the fewest digits that tell it apart, as Go prints it: `1.5`, `1e+06`.
func goText(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
    return (value.sign == .minus ? "-" : "") + DecimalExpansion.general(value)
}

/// As JSON has it: without an exponent from 0.000001 to 1e21.
func jsonText(_ value: Double) -> String {
    let decimal = DecimalExpansion(shortest: value)
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 || (1e-6..<1e21).contains(value.magnitude) { return sign + decimal.fixed(nil) }
    return sign + decimal.scientific(nil).replacing("e-0", with: "e-")
}
