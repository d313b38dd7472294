import Glibc

/// What the fuzzer's C part calls for each input.
///
/// - Parameters:
///   - target: the index of a ``FuzzTarget``.
///   - data: `size` bytes.
/// - Returns: 0, or 1 when the input is a finding.
@c(compose_fuzz)
public func fuzz(_ target: Int32, _ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let finding = FuzzTarget.allCases[Int(target)].run(bytes) else { return 0 }
    let line = Array("finding: \(finding)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    return 1
}

/// The index of the target with this name; -1 for none.
@c(compose_fuzz_target)
public func fuzzTarget(_ name: UnsafePointer<CChar>) -> Int32 {
    FuzzTarget.allCases.firstIndex { $0.rawValue == String(cString: name) }.map(Int32.init) ?? -1
}
