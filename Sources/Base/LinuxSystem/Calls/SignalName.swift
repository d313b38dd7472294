internal import Glibc

/// Signals as users name them: `SIGTERM`, `TERM`, `term` or `15`.
public enum SignalName {
    private static let numbers: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ILL": SIGILL, "TRAP": SIGTRAP, "ABRT": SIGABRT, "IOT": SIGIOT,
        "BUS": SIGBUS, "FPE": SIGFPE, "KILL": SIGKILL, "USR1": SIGUSR1, "SEGV": SIGSEGV, "USR2": SIGUSR2,
        "PIPE": SIGPIPE, "ALRM": SIGALRM, "TERM": SIGTERM, "STKFLT": 16, "CHLD": SIGCHLD, "CLD": SIGCHLD,
        "CONT": SIGCONT, "STOP": SIGSTOP, "TSTP": SIGTSTP, "TTIN": SIGTTIN, "TTOU": SIGTTOU, "URG": SIGURG,
        "XCPU": SIGXCPU, "XFSZ": SIGXFSZ, "VTALRM": SIGVTALRM, "PROF": SIGPROF, "WINCH": SIGWINCH, "IO": 29,
        "POLL": 29, "PWR": 30, "SYS": SIGSYS, "RTMIN": 34, "RTMAX": 64,
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
