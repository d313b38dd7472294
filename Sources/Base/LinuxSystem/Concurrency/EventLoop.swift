internal import CLinux
internal import Glibc
internal import Synchronization
public import SystemPackage

/// One thread that waits for many descriptors and timers (epoll(7)) and calls their handlers, one at a time.
///
/// Handlers run on the loop's thread and must not block. All functions may be called from any thread, handlers
/// included. Descriptors stay their owners': ``remove(_:)`` one before closing it. A handler may still be called once
/// after its removal when that happens on another thread.
public final class EventLoop: Sendable {
    public typealias Handler = @Sendable (EventSet) -> Void

    private struct Registration {
        /// Tells it from earlier ones of the same number, whose events may still be on their way.
        var generation: UInt32
        var handler: Handler
    }

    private struct State {
        var registrations: [Int32: Registration] = [:]
        var lastGeneration: UInt32 = 0
        var timers = TimerHeap<@Sendable () -> Void>()
        var jobs: [@Sendable () -> Void] = []
        var stopped = false
    }

    private let epoll: Descriptor
    private let wake: Descriptor
    private let state = Mutex(State())

    /// Makes the loop; ``run()`` it on a thread.
    public init() throws(Errno) {
        epoll = Descriptor(owning: try systemCall { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        wake = Descriptor(owning: try systemCall { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
        var event = Self.event(.readable, wake.raw, generation: 0)
        try systemCall { epoll_ctl(epoll.raw, EPOLL_CTL_ADD, wake.raw, &event) }
    }

    /// Calls `handler` whenever one of `events` is there (level-triggered). A descriptor is registered once at most.
    public func add(_ fd: Int32, _ events: EventSet, handler: @escaping Handler) throws(Errno) {
        let generation = state.withLock { state in
            state.lastGeneration &+= 1
            state.registrations[fd] = Registration(generation: state.lastGeneration, handler: handler)
            return state.lastGeneration
        }
        var event = Self.event(events, fd, generation: generation)
        do throws(Errno) {
            try systemCall { epoll_ctl(epoll.raw, EPOLL_CTL_ADD, fd, &event) }
        } catch {
            state.withLock { _ = $0.registrations.removeValue(forKey: fd) }
            throw error
        }
    }

    /// Waits for other events of a registered descriptor.
    public func change(_ fd: Int32, _ events: EventSet) throws(Errno) {
        let known = state.withLock { $0.registrations[fd]?.generation }
        guard let generation = known else { throw .noSuchFileOrDirectory }
        var event = Self.event(events, fd, generation: generation)
        try systemCall { epoll_ctl(epoll.raw, EPOLL_CTL_MOD, fd, &event) }
    }

    /// Calls the descriptor's handler no more; it need not have one.
    public func remove(_ fd: Int32) {
        state.withLock { _ = $0.registrations.removeValue(forKey: fd) }
        var event = epoll_event()
        _ = epoll_ctl(epoll.raw, EPOLL_CTL_DEL, fd, &event)
    }

    /// Calls `handler` once, `nanoseconds` from now; returns a token for ``cancelTimer(_:)``.
    @discardableResult
    public func after(nanoseconds: Int64, _ handler: @escaping @Sendable () -> Void) -> Int {
        let deadline = monotonicNanoseconds() + max(0, nanoseconds)
        let token = state.withLock { $0.timers.add(handler, at: deadline) }
        wakeUp()
        return token
    }

    /// The timer's handler is not called any more; there need not be such a timer.
    public func cancelTimer(_ token: Int) {
        state.withLock { $0.timers.cancel(token) }
    }

    /// Calls `job` soon on the loop's thread.
    public func submit(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(job) }
        wakeUp()
    }

    /// Makes ``run()`` return soon.
    public func stop() {
        state.withLock { $0.stopped = true }
        wakeUp()
    }

    /// Waits and calls handlers until ``stop()``.
    public func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let (jobs, timeout, stopped) = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                return (jobs, Self.timeout(of: state, jobs: jobs), state.stopped)
            }
            if stopped { return }
            for job in jobs { job() }
            let count = epoll_wait(epoll.raw, &events, Int32(events.count), timeout)
            for event in events.prefix(max(0, Int(count))) { dispatch(event) }
            fireTimers()
        }
    }

    private func dispatch(_ event: epoll_event) {
        let fd = Int32(truncatingIfNeeded: event.data.u64)
        if fd == wake.raw {
            var value: UInt64 = 0
            _ = read(wake.raw, &value, 8)
            return
        }
        let generation = UInt32(event.data.u64 >> 32)
        let registration = state.withLock { $0.registrations[fd] }
        // Another one: a handler before this one has closed the descriptor, and its number was used again.
        guard let registration, registration.generation == generation else { return }
        registration.handler(EventSet(rawValue: event.events))
    }

    private func fireTimers() {
        let now = monotonicNanoseconds()
        while let handler = state.withLock({ $0.timers.takeFirst(dueAt: now) }) { handler() }
    }

    /// Milliseconds until the next timer, rounded up; -1 is for ever.
    private static func timeout(of state: State, jobs: [@Sendable () -> Void]) -> Int32 {
        if !jobs.isEmpty { return 0 }
        guard let next = state.timers.nextDeadline else { return -1 }
        let left = next - monotonicNanoseconds()
        return left <= 0 ? 0 : Int32(min(Int64(Int32.max), (left + 999_999) / 1_000_000))
    }

    /// The kernel gives `data` back as it is: number and generation.
    private static func event(_ events: EventSet, _ fd: Int32, generation: UInt32) -> epoll_event {
        let data = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
        return epoll_event(events: events.rawValue, data: epoll_data_t(u64: data))
    }

    private func wakeUp() {
        var one: UInt64 = 1
        _ = write(wake.raw, &one, 8)
    }
}

/// What can be the matter with a descriptor, as in epoll_ctl(2).
public struct EventSet: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let readable = EventSet(rawValue: 0x001)
    public static let writable = EventSet(rawValue: 0x004)
    public static let failed = EventSet(rawValue: 0x008)
    public static let hungUp = EventSet(rawValue: 0x010)
    public static let peerClosed = EventSet(rawValue: 0x2000)
}
