/// Runs a seccomp filter (classic BPF) on one system call, as the kernel would.
struct FilterMachine {
    let program: [UInt8]

    /// The filter's answer; nil if the program is broken.
    func answer(number: UInt32, architecture: UInt32, arguments: [UInt64] = []) -> UInt32? {
        var data = [UInt8]()
        func append(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value) { data += $0 } }
        append(number)
        append(architecture)
        append(UInt64(0))
        for index in 0..<6 { append(index < arguments.count ? arguments[index] : 0) }
        var accumulator: UInt32 = 0
        var place = 0
        while place * 8 + 8 <= program.count {
            let (code, ifTrue, ifFalse, operand) = instruction(place)
            place += 1
            switch code {
            case 0x20:
                guard Int(operand) + 4 <= data.count else { return nil }
                accumulator = data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: Int(operand), as: UInt32.self) }
            case 0x54: accumulator &= operand
            case 0x05: place += Int(operand)
            case 0x15: place += accumulator == operand ? ifTrue : ifFalse
            case 0x25: place += accumulator > operand ? ifTrue : ifFalse
            case 0x35: place += accumulator >= operand ? ifTrue : ifFalse
            case 0x45: place += accumulator & operand != 0 ? ifTrue : ifFalse
            case 0x06: return operand
            default: return nil
            }
        }
        return nil
    }

    private func instruction(_ place: Int) -> (UInt16, Int, Int, UInt32) {
        program.withUnsafeBytes {
            (
                $0.loadUnaligned(fromByteOffset: place * 8, as: UInt16.self), Int($0[place * 8 + 2]),
                Int($0[place * 8 + 3]), $0.loadUnaligned(fromByteOffset: place * 8 + 4, as: UInt32.self)
            )
        }
    }
}
