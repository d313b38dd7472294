public import Primitives

/// Asking again and again, for what neither the kernel nor another thread tells.
public enum Polling {
    /// Blocks until `condition` is true.
    ///
    /// - Parameters:
    ///   - interval: nanoseconds between two questions.
    ///   - longest: with it the interval doubles after each question, up to this one.
    ///   - deadline: monotonic nanoseconds; nil: no end.
    ///   - reason: why nothing wakes the caller, for who reads the call.
    /// - Returns: false if the deadline passed first, or it was cancelled.
    @discardableResult
    public static func wait<Failure: Error>(
        every interval: Int64, upTo longest: Int64? = nil, deadline: Int64?, cancellation: Cancellation? = nil,
        because reason: StaticString,
        until condition: () throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        var interval = interval
        while true {
            if try condition() { return true }
            let now = monotonicNanoseconds()
            if let deadline, now >= deadline { return false }
            let next = min(now + interval, deadline ?? .max)
            if let cancellation {
                guard cancellation.wait(until: next) else { return false }
            } else {
                pause(until: next)
            }
            if let longest { interval = min(interval * 2, longest) }
        }
    }
}
