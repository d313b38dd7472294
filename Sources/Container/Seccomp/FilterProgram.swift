/// A classic BPF program (`struct sock_filter`, linux/filter.h) over `struct seccomp_data`, under construction.
struct FilterProgram {
    struct Instruction: Hashable {
        var code: UInt16
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var operand: UInt32

        static func load(_ offset: Int) -> Instruction { Instruction(code: 0x20, operand: UInt32(offset)) }
        static func mask(_ bits: UInt32) -> Instruction { Instruction(code: 0x54, operand: bits) }
        static func jump(_ distance: Int) -> Instruction { Instruction(code: 0x05, operand: UInt32(distance)) }
        static func answer(_ value: UInt32) -> Instruction { Instruction(code: 0x06, operand: value) }
    }

    /// How a jump compares the loaded word with its operand.
    enum Test: UInt16 {
        case equal = 0x15
        case greater = 0x25
        case atLeast = 0x35
    }

    /// How much of an argument counts.
    enum ArgumentWidth {
        /// All 64 bits.
        case full
        /// The lower 32 bits.
        case half
    }

    /// Offsets in `struct seccomp_data`.
    static let number = 0
    static let architecture = 4

    private(set) var instructions: [Instruction] = []

    var bytes: [UInt8] { instructions.withUnsafeBytes { Array($0) } }

    mutating func append(_ instruction: Instruction) { instructions.append(instruction) }
    mutating func append(_ other: FilterProgram) { instructions += other.instructions }

    /// Skips `skipped` unless the test holds. Its length is free.
    mutating func when(_ test: Test, _ operand: UInt32, _ skipped: FilterProgram) {
        append(Instruction(code: test.rawValue, ifTrue: 1, ifFalse: 0, operand: operand))
        append(.jump(skipped.instructions.count))
        append(skipped)
    }

    /// Finds the segment of numbers that the loaded word lies in, by halves. The first one begins at 0.
    static func search(_ segments: ArraySlice<(start: UInt32, body: FilterProgram)>) -> FilterProgram {
        guard segments.count > 1 else { return segments.first?.body ?? FilterProgram() }
        let middle = segments.startIndex + segments.count / 2
        let lower = search(segments[..<middle]), upper = search(segments[middle...])
        var program = FilterProgram()
        program.append(Instruction(code: Test.atLeast.rawValue, ifTrue: 0, ifFalse: 1, operand: segments[middle].start))
        program.append(.jump(lower.instructions.count))
        program.append(lower)
        program.append(upper)
        return program
    }

    /// Answers `value` if all conditions are met, else goes on behind. The kernel compares 32 bits at a time: the
    /// argument's halves one after the other.
    ///
    /// - Parameter width: what of an argument the system call looks at. A 32-bit one only takes the lower half, whatever a
    ///   64-bit program has put into the upper.
    mutating func answer(_ value: UInt32, if conditions: [SeccompProfile.Condition], width: ArgumentWidth) {
        var code: [(instruction: Instruction, ifTrue: Target, ifFalse: Target)] = []
        for condition in conditions {
            let start = code.count
            code += Self.test(condition, width)
            // What passes one condition goes on with the next.
            for index in start..<code.count {
                let end = code.count
                if code[index].ifTrue == .passed { code[index].ifTrue = .place(end) }
                if code[index].ifFalse == .passed { code[index].ifFalse = .place(end) }
            }
        }
        let failed = code.count + 1
        for (index, line) in code.enumerated() {
            func distance(_ target: Target) -> UInt8 {
                switch target {
                case .next, .passed: 0
                case .failed: UInt8(failed - index - 1)
                case .place(let place): UInt8(place - index - 1)
                }
            }
            var instruction = line.instruction
            if instruction.code & 0x07 == 0x05 {
                instruction.ifTrue = distance(line.ifTrue)
                instruction.ifFalse = distance(line.ifFalse)
            }
            append(instruction)
        }
        append(.answer(value))
    }

    private enum Target: Equatable {
        case next
        case passed
        case failed
        case place(Int)
    }

    private typealias Line = (instruction: Instruction, ifTrue: Target, ifFalse: Target)

    private static func test(_ condition: SeccompProfile.Condition, _ width: ArgumentWidth) -> [Line] {
        let low = 16 + 8 * Int(condition.argument), high = low + 4
        let masked = condition.comparison == .maskedEqual
        let value = masked ? condition.valueTwo : condition.value
        let upper = UInt32(value >> 32), lower = UInt32(truncatingIfNeeded: value)
        func load(_ offset: Int, _ mask: UInt64) -> [Line] {
            let lines: [Line] = [(.load(offset), .next, .next)]
            return masked ? lines + [(.mask(UInt32(truncatingIfNeeded: mask)), .next, .next)] : lines
        }
        func jump(_ test: Test, _ operand: UInt32, _ ifTrue: Target, _ ifFalse: Target) -> [Line] {
            [(Instruction(code: test.rawValue, operand: operand), ifTrue, ifFalse)]
        }
        let loadHigh = load(high, condition.value >> 32), loadLow = load(low, condition.value)
        if width == .half {
            switch condition.comparison {
            case .equal, .maskedEqual: return loadLow + jump(.equal, lower, .passed, .failed)
            case .notEqual: return loadLow + jump(.equal, lower, .failed, .passed)
            case .greater: return loadLow + jump(.greater, lower, .passed, .failed)
            case .greaterOrEqual: return loadLow + jump(.atLeast, lower, .passed, .failed)
            case .less: return loadLow + jump(.atLeast, lower, .failed, .passed)
            case .lessOrEqual: return loadLow + jump(.greater, lower, .failed, .passed)
            }
        }
        switch condition.comparison {
        case .equal, .maskedEqual:
            return loadHigh + jump(.equal, upper, .next, .failed) + loadLow + jump(.equal, lower, .passed, .failed)
        case .notEqual:
            return loadHigh + jump(.equal, upper, .next, .passed) + loadLow + jump(.equal, lower, .failed, .passed)
        case .greater, .greaterOrEqual:
            let last: Test = condition.comparison == .greater ? .greater : .atLeast
            return loadHigh + jump(.greater, upper, .passed, .next) + jump(.equal, upper, .next, .failed) + loadLow
                + jump(last, lower, .passed, .failed)
        case .less, .lessOrEqual:
            let last: Test = condition.comparison == .less ? .atLeast : .greater
            return loadHigh + jump(.greater, upper, .failed, .next) + jump(.equal, upper, .next, .passed) + loadLow
                + jump(last, lower, .failed, .passed)
        }
    }
}
