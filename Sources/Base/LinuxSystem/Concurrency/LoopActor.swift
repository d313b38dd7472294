internal import Glibc
internal import Synchronization

/// Isolates what belongs to event loops: their registrations and timers, and everything their handlers work on.
///
/// What is marked `@LoopActor` can only be used by code that is marked so too; the compiler refuses the rest. A loop
/// enters when it has something to handle and leaves before it waits. Other threads enter by ``sync(_:)``, for
/// moments; what blocks is done outside. Loops of one process take turns.
///
/// Nothing is ever awaited: no task is made, and the threads of Swift's concurrency runtime never start (decision 015).
@globalActor
public actor LoopActor {
    /// The only one of the process: what is isolated to it runs on the thread of a loop.
    public static let shared = LoopActor()

    private let executor = LoopExecutor()

    /// The loop that runs on this thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` on this thread while nothing else that is isolated runs. From isolated code: at once.
    ///
    /// Only for moments: loops stand still meanwhile. Never while holding a lock that isolated code takes.
    public static func sync<Result: Sendable & ~Copyable, Failure: Error>(
        _ body: @LoopActor () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try shared.executor.sync(body)
    }
}

/// The right to run isolated code. Held by one thread at a time; it may enter again.
private final class LoopExecutor: SerialExecutor {
    private let turn = Mutex(())
    /// The thread that has its turn; 0: none. Others only compare it with themselves.
    private let holder = Atomic<UInt>(0)

    private var isHeldHere: Bool { holder.load(ordering: .relaxed) == UInt(pthread_self()) }

    func sync<Result: Sendable & ~Copyable, Failure: Error>(
        _ body: @LoopActor () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if isHeldHere { return try call(body) }
        return try turn.withLock { _ throws(Failure) in
            holder.store(UInt(pthread_self()), ordering: .relaxed)
            defer { holder.store(0, ordering: .relaxed) }
            return try call(body)
        }
    }

    /// The only place where isolation is entered. The cast takes nothing but the isolation off the function's type, as
    /// `MainActor.assumeIsolated` does; that it holds is what ``sync(_:)`` has seen to.
    private func call<Result: Sendable & ~Copyable, Failure: Error>(
        _ body: @LoopActor () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withoutActuallyEscaping(body) {
            (isolated: @escaping @LoopActor () throws(Failure) -> Result) throws(Failure) -> Result in
            try unsafeBitCast(isolated, to: (() throws(Failure) -> Result).self)()
        }
    }

    func checkIsolated() {
        precondition(isHeldHere, "isolated to event loops, but called from elsewhere")
    }

    func isIsolatingCurrentContext() -> Bool? { isHeldHere }

    /// For tasks, of which there are none: `scripts/check.d/calls` forbids them.
    func enqueue(_ job: consuming ExecutorJob) {
        preconditionFailure("a task was made for the event loop")
    }
}
