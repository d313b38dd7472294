/// A set of small numbers; those below 64 cost no allocation.
struct StateSet {
    private var low: UInt64 = 0
    private var high: [UInt64] = []

    var isEmpty: Bool { low == 0 && high.allSatisfy { $0 == 0 } }

    func contains(_ number: Int) -> Bool {
        if number < 64 { return low >> UInt64(number) & 1 == 1 }
        let index = number / 64 - 1
        return index < high.count && high[index] >> UInt64(number % 64) & 1 == 1
    }

    /// - Returns: it was not there.
    mutating func insert(_ number: Int) -> Bool {
        if contains(number) { return false }
        if number < 64 {
            low |= 1 << UInt64(number)
        } else {
            let index = number / 64 - 1
            while high.count <= index { high.append(0) }
            high[index] |= 1 << UInt64(number % 64)
        }
        return true
    }

    func forEach(below limit: Int, _ body: (Int) -> Void) {
        var bits = low
        while bits != 0 {
            let number = bits.trailingZeroBitCount
            if number < limit { body(number) }
            bits &= bits - 1
        }
        for (index, word) in high.enumerated() {
            var bits = word
            while bits != 0 {
                let number = (index + 1) * 64 + bits.trailingZeroBitCount
                if number < limit { body(number) }
                bits &= bits - 1
            }
        }
    }
}
