internal import Synchronization

/// Something that the engine does for as long as the value lives, and no longer than this process: a container is paused,
/// a project is nobody else's to change, images are kept.
public final class EngineHold: Sendable {
    private let end: Mutex<(@Sendable () -> Void)?>

    /// - Parameter end: ends it; called once.
    public init(end: @escaping @Sendable () -> Void) {
        self.end = Mutex(end)
    }

    /// Ends it early; more than once is no error.
    public func release() {
        let end = end.withLock { end in
            defer { end = nil }
            return end
        }
        end?()
    }

    deinit { release() }
}

/// A command that works on a project.
public struct ProjectWork: Sendable, Hashable {
    /// Its process.
    public var process: Int32
    /// `up`.
    public var command: String

    public init(process: Int32, command: String) {
        self.process = process
        self.command = command
    }
}
