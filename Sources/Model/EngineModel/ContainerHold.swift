/// A container that is paused for as long as the value lives.
public final class ContainerHold: Sendable {
    private let end: @Sendable () -> Void

    /// - Parameter end: ends the pause; called once.
    public init(end: @escaping @Sendable () -> Void) {
        self.end = end
    }

    deinit { end() }
}
