internal import CLinux
internal import Glibc
public import Primitives

/// A counting semaphore (sem_overview(7)), for threads of one process. Any thread may signal and wait.
public final class Semaphore: Sendable {
    private let storage: UnsafeSemaphore

    /// - Parameter count: how many waits return at once.
    public init(_ count: UInt32 = 0) {
        storage = UnsafeSemaphore(count)
    }

    /// Lets one wait return, now or later.
    public func signal() { sem_post(storage.pointer) }

    /// Blocks until there is a signal, and takes it.
    public func wait() {
        while sem_wait(storage.pointer) != 0 && errno == EINTR {}
    }

    /// As ``wait()``, but not for longer than `deadline` (monotonic nanoseconds).
    ///
    /// - Returns: false if the deadline passed without a signal.
    public func wait(until deadline: Int64) -> Bool {
        while true {
            if clinux_wait_for_semaphore(storage.pointer, max(0, deadline)) == 0 { return true }
            if errno != EINTR { return false }
        }
    }
}

extension Cancellation {
    /// Blocks until `deadline` (monotonic nanoseconds) has passed, or until this is cancelled.
    ///
    /// - Returns: false if cancelled.
    public func wait(until deadline: Int64) -> Bool {
        let fired = Semaphore()
        let token = onCancel { fired.signal() }
        defer { forget(token) }
        return !fired.wait(until: deadline) && !isCancelled
    }
}

/// The kernel guards what the pointer leads to; nobody changes the pointer.
private final class UnsafeSemaphore: @unchecked Sendable {
    let pointer = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(_ count: UInt32) { sem_init(pointer, 0, count) }

    deinit {
        sem_destroy(pointer)
        pointer.deallocate()
    }
}
