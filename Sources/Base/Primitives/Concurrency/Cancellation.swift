import Synchronization

/// A one-way switch that ends a blocking call early. Any thread may fire it, once or more often.
///
/// Blocking functions watch ``isCancelled`` when they wake, and register with ``onCancel(_:)`` what wakes them.
public final class Cancellation: Sendable {
    private struct State {
        var cancelled = false
        var next = 0
        var handlers: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Once true, true for ever.
    public var isCancelled: Bool { state.withLock { $0.cancelled } }

    /// Fires the switch; handlers are called on this thread.
    public func cancel() {
        let handlers = state.withLock { state in
            state.cancelled = true
            defer { state.handlers = [:] }
            return Array(state.handlers.values)
        }
        for handler in handlers { handler() }
    }

    /// Calls `handler` when cancelled, at once if that has happened; returns a token for ``forget(_:)``.
    public func onCancel(_ handler: @escaping @Sendable () -> Void) -> Int {
        let token: Int? = state.withLock { state in
            if state.cancelled { return nil }
            state.next += 1
            state.handlers[state.next] = handler
            return state.next
        }
        if let token { return token }
        handler()
        return 0
    }

    /// The handler of `token` will not be called any more (it may be running).
    public func forget(_ token: Int) {
        state.withLock { _ = $0.handlers.removeValue(forKey: token) }
    }
}
