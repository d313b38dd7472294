/// Signals as users name them: `SIGTERM`, `TERM`, `term` or `15`.
public enum SignalName {
    /// signal(7), for x86 and ARM.
    private static let numbers: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
        "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17,
        "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26,
        "PROF": 27, "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31, "RTMIN": 34, "RTMAX": 64,
    ]

    /// nil for no signal's name and for numbers outside 1 to 64.
    public static func number(_ name: String) -> Int32? {
        if let number = Int32(name) { return (1...64).contains(number) ? number : nil }
        let upper = name.uppercased()
        let plain = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let number = numbers[plain] { return number }
        if plain.hasPrefix("RTMIN+"), let offset = Int32(plain.dropFirst(6)), (0...30).contains(offset) {
            return 34 + offset
        }
        if plain.hasPrefix("RTMAX-"), let offset = Int32(plain.dropFirst(6)), (0...30).contains(offset) {
            return 64 - offset
        }
        return nil
    }
}
