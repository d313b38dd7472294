internal import CLinux
internal import Glibc
internal import Synchronization
public import SystemPackage

/// One thread that waits for many descriptors and timers (epoll(7)) and calls their handlers, one at a time.
///
/// Handlers are isolated to ``LoopActor`` and must not block; so are the functions that register them. Descriptors stay
/// their owners': ``remove(_:)`` one before closing it. After that its handler is not called any more.
public final class EventLoop: Sendable {
    /// What is called when something is the matter with a descriptor.
    public typealias Handler = @LoopActor (EventSet) -> Void
    /// What is called when a timer is due or a job's turn has come.
    public typealias Action = @LoopActor () -> Void

    /// A timer that was set, for ``cancel(_:)``.
    public struct Timer: Sendable, Hashable {
        fileprivate let token: Int
    }

    private struct Registration {
        /// Tells it from earlier ones of the same number, whose events may still be on their way.
        var generation: UInt32
        var handler: Handler
    }

    /// What epoll_wait(2) said of one descriptor.
    private struct Ready {
        var fd: Int32
        var generation: UInt32
        var events: EventSet

        init(_ event: epoll_event) {
            fd = Int32(truncatingIfNeeded: event.data.u64)
            generation = UInt32(event.data.u64 >> 32)
            events = EventSet(rawValue: event.events)
        }
    }

    /// What comes from other threads.
    private struct Inbox {
        var jobs: [Action] = []
        var stopped = false
    }

    private let epoll: Descriptor
    private let wake: Descriptor
    private let inbox = Mutex(Inbox())
    @LoopActor private var registrations: [Int32: Registration] = [:]
    @LoopActor private var lastGeneration: UInt32 = 0
    @LoopActor private var timers = TimerHeap<Action>()
    /// It looks at the timers before it waits again, whoever sets one now.
    @LoopActor private var isInTurn = false

    /// Makes the loop; ``run()`` it on a thread.
    public init() throws(Errno) {
        epoll = Descriptor(owning: try systemCall { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        wake = Descriptor(owning: try systemCall { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
        var event = Self.event(.readable, wake.raw, generation: 0)
        try systemCall { epoll_ctl(epoll.raw, EPOLL_CTL_ADD, wake.raw, &event) }
    }

    // MARK: Isolated

    /// Calls `handler` whenever one of `events` is there (level-triggered). A descriptor is registered once at most.
    @LoopActor
    public func add(_ fd: Int32, _ events: EventSet, handler: @escaping Handler) throws(Errno) {
        lastGeneration &+= 1
        var event = Self.event(events, fd, generation: lastGeneration)
        try systemCall { epoll_ctl(epoll.raw, EPOLL_CTL_ADD, fd, &event) }
        registrations[fd] = Registration(generation: lastGeneration, handler: handler)
    }

    /// Waits for other events of a registered descriptor.
    @LoopActor
    public func change(_ fd: Int32, _ events: EventSet) throws(Errno) {
        guard let generation = registrations[fd]?.generation else { throw .noSuchFileOrDirectory }
        var event = Self.event(events, fd, generation: generation)
        try systemCall { epoll_ctl(epoll.raw, EPOLL_CTL_MOD, fd, &event) }
    }

    /// Calls the descriptor's handler no more; it need not have one.
    @LoopActor
    public func remove(_ fd: Int32) {
        guard registrations.removeValue(forKey: fd) != nil else { return }
        var event = epoll_event()
        _ = epoll_ctl(epoll.raw, EPOLL_CTL_DEL, fd, &event)
    }

    /// Calls `action` once, `nanoseconds` from now.
    @LoopActor
    @discardableResult
    public func after(nanoseconds: Int64, _ action: @escaping Action) -> Timer {
        let timer = Timer(token: timers.add(action, at: monotonicNanoseconds() + max(0, nanoseconds)))
        if !isInTurn { wakeUp() }
        return timer
    }

    /// The timer's action is not called any more; nil and a timer that has gone off are no errors.
    @LoopActor
    public func cancel(_ timer: Timer?) {
        if let timer { timers.cancel(timer.token) }
    }

    // MARK: Any thread

    /// Calls `job` soon on the loop's thread.
    public func submit(_ job: @escaping Action) {
        inbox.withLock { $0.jobs.append(job) }
        wakeUp()
    }

    /// Makes ``run()`` return soon.
    public func stop() {
        inbox.withLock { $0.stopped = true }
        wakeUp()
    }

    /// Waits and calls handlers until ``stop()``.
    public func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        var timeout: Int32? = 0
        while let wait = timeout {
            let count = epoll_wait(epoll.raw, &events, Int32(events.count), wait)
            let ready = events.prefix(max(0, Int(count))).map(Ready.init)
            timeout = LoopActor.sync { turn(ready) }
        }
    }

    // MARK: One turn

    /// - Returns: how many milliseconds to wait at most before the next turn, -1: for ever; nil: no more.
    @LoopActor
    private func turn(_ ready: [Ready]) -> Int32? {
        isInTurn = true
        defer { isInTurn = false }
        for descriptor in ready { dispatch(descriptor) }
        let now = monotonicNanoseconds()
        while let action = timers.takeFirst(dueAt: now) { action() }
        let (jobs, stopped) = inbox.withLock { inbox in
            defer { inbox.jobs = [] }
            return (inbox.jobs, inbox.stopped)
        }
        if stopped { return nil }
        for job in jobs { job() }
        return timeout
    }

    @LoopActor
    private func dispatch(_ ready: Ready) {
        if ready.fd == wake.raw {
            var value: UInt64 = 0
            _ = read(wake.raw, &value, 8)
            return
        }
        // Of another generation: a handler before this one has closed the descriptor, and its number was used again.
        guard let registration = registrations[ready.fd], registration.generation == ready.generation else { return }
        registration.handler(ready.events)
    }

    /// Milliseconds until the next timer, rounded up; -1 is for ever.
    @LoopActor
    private var timeout: Int32 {
        guard let next = timers.nextDeadline else { return -1 }
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

    /// EPOLLIN: reading, or accepting, does not block.
    public static let readable = EventSet(rawValue: 0x001)
    /// EPOLLOUT: writing does not block; a connect(2) has ended.
    public static let writable = EventSet(rawValue: 0x004)
    /// EPOLLERR: a socket's error is pending, or nobody reads a pipe. Reported without being asked for.
    public static let failed = EventSet(rawValue: 0x008)
    /// EPOLLHUP: both directions are closed, or nobody writes to a pipe. Reported without being asked for.
    public static let hungUp = EventSet(rawValue: 0x010)
    /// EPOLLRDHUP: the other end of a stream socket sends nothing more.
    public static let peerClosed = EventSet(rawValue: 0x2000)
}
