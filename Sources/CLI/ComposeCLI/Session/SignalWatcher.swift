internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Receives signals on a thread of its own instead of in a handler.
///
/// Make it before anything else starts threads: they inherit that the signals are blocked. It stays until the process
/// ends.
struct SignalWatcher {
    /// - Parameter handler: called with each signal's number, one after the other.
    init(_ signals: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) throws(Errno) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let watched = set
        try startThread(name: "signals") {
            var set = watched
            while true {
                var number: Int32 = 0
                if sigwait(&set, &number) == 0 { handler(number) }
            }
        }
    }
}
