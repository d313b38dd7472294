internal import LinuxSystem

/// A lock that may be held over work that blocks. Not recursive.
final class WorkLock: Sendable {
    private let free = Semaphore()

    init() { free.signal() }

    func locked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        free.wait()
        defer { free.signal() }
        return try body()
    }
}
