internal import Glibc
public import Primitives

extension Instant {
    /// Now, by the wall clock.
    public static func now() -> Instant { Instant(nanoseconds: reading(of: CLOCK_REALTIME)) }

    /// When the machine began to run, by the wall clock; it moves with corrections of that.
    public static func boot() -> Instant {
        Instant(nanoseconds: reading(of: CLOCK_REALTIME) - reading(of: CLOCK_BOOTTIME))
    }
}

/// Nanoseconds.
private func reading(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Nanoseconds of the clock that never jumps, for measuring and for deadlines.
public func monotonicNanoseconds() -> Int64 { reading(of: CLOCK_MONOTONIC) }

/// Blocks until a time of that clock: for what has to happen then. For what has to have happened, see ``Polling``.
public func pause(until deadline: Int64) {
    var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
}
