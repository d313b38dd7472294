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

    private struct Timer {
        var token: Int
        var handler: @Sendable () -> Void
    }

    private struct State {
        var handlers: [Int32: Handler] = [:]
        /// By deadline; several may share one.
        var timers: [(deadline: Int64, timer: Timer)] = []
        var nextToken = 0
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
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: wake.raw))
        try systemCall { epoll_ctl(epoll.raw, EPOLL_CTL_ADD, wake.raw, &event) }
    }

    /// Calls `handler` whenever one of `events` is there (level-triggered).
    public func add(_ fd: Int32, _ events: EventSet, handler: @escaping Handler) throws(Errno) {
        state.withLock { $0.handlers[fd] = handler }
        var event = epoll_event(events: events.rawValue, data: epoll_data_t(fd: fd))
        do throws(Errno) {
            try systemCall { epoll_ctl(epoll.raw, EPOLL_CTL_ADD, fd, &event) }
        } catch {
            state.withLock { _ = $0.handlers.removeValue(forKey: fd) }
            throw error
        }
    }

    public func change(_ fd: Int32, _ events: EventSet) throws(Errno) {
        var event = epoll_event(events: events.rawValue, data: epoll_data_t(fd: fd))
        try systemCall { epoll_ctl(epoll.raw, EPOLL_CTL_MOD, fd, &event) }
    }

    public func remove(_ fd: Int32) {
        state.withLock { _ = $0.handlers.removeValue(forKey: fd) }
        var event = epoll_event()
        _ = epoll_ctl(epoll.raw, EPOLL_CTL_DEL, fd, &event)
    }

    /// Calls `handler` once, `nanoseconds` from now; returns a token for ``cancelTimer(_:)``.
    @discardableResult
    public func after(nanoseconds: Int64, _ handler: @escaping @Sendable () -> Void) -> Int {
        let deadline = monotonicNanoseconds() + max(0, nanoseconds)
        let token = state.withLock { state in
            state.nextToken += 1
            let place = state.timers.firstIndex { $0.deadline > deadline } ?? state.timers.endIndex
            state.timers.insert((deadline, Timer(token: state.nextToken, handler: handler)), at: place)
            return state.nextToken
        }
        wakeUp()
        return token
    }

    public func cancelTimer(_ token: Int) {
        state.withLock { $0.timers.removeAll { $0.timer.token == token } }
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
            for index in 0..<max(0, Int(count)) {
                let fd = events[index].data.fd
                if fd == wake.raw {
                    var value: UInt64 = 0
                    _ = read(wake.raw, &value, 8)
                    continue
                }
                let handler = state.withLock { $0.handlers[fd] }
                handler?(EventSet(rawValue: events[index].events))
            }
            fireTimers()
        }
    }

    private func fireTimers() {
        let now = monotonicNanoseconds()
        let due = state.withLock { state in
            let count = state.timers.prefix { $0.deadline <= now }.count
            let due = state.timers.prefix(count).map(\.timer.handler)
            state.timers.removeFirst(count)
            return due
        }
        for handler in due { handler() }
    }

    /// Milliseconds until the next timer, rounded up; -1 is for ever.
    private static func timeout(of state: State, jobs: [@Sendable () -> Void]) -> Int32 {
        if !jobs.isEmpty { return 0 }
        guard let next = state.timers.first else { return -1 }
        let left = next.deadline - monotonicNanoseconds()
        return left <= 0 ? 0 : Int32(min(Int64(Int32.max), (left + 999_999) / 1_000_000))
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
