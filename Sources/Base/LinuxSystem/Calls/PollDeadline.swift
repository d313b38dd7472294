public import Glibc
public import SystemPackage

/// poll(2) until a time of the monotonic clock: signals in between do not make it longer.
///
/// - Parameter deadline: nanoseconds; one that has passed only looks.
/// - Returns: whether something happened, which `watched` then tells.
public func poll(_ watched: inout [pollfd], until deadline: Int64) throws(Errno) -> Bool {
    while true {
        let left = deadline - monotonicNanoseconds()
        let milliseconds = Int32(clamping: max(0, (left + 999_999) / 1_000_000))
        let count = Glibc.poll(&watched, nfds_t(watched.count), milliseconds)
        if count > 0 { return true }
        if count == 0 && left <= 0 { return false }
        if count < 0 && errno != EINTR { throw Errno(rawValue: errno) }
    }
}

extension Descriptor {
    /// Waits until there is something to read, or the end of it.
    ///
    /// - Parameter deadline: nanoseconds of the monotonic clock.
    /// - Returns: false if it came first.
    public borrowing func isReadable(until deadline: Int64) throws(Errno) -> Bool {
        var watched = [pollfd(fd: raw, events: Int16(POLLIN), revents: 0)]
        return try poll(&watched, until: deadline)
    }
}
