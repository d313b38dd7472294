internal import Glibc
internal import Synchronization

/// Passes the signals that this process gets on to a container. Before there is one, they end the process.
///
/// Make it before the engine: see ``SignalWatcher``.
final class SignalForwarder: Sendable {
    private let target = Mutex<(@Sendable (Int32) -> Void)?>(nil)

    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]

    init() throws {
        _ = try SignalWatcher(Self.signals) { [self] number in
            if let target = target.withLock({ $0 }) { target(number) } else { _exit(128 + number) }
        }
    }

    func forward(_ target: @escaping @Sendable (Int32) -> Void) {
        self.target.withLock { $0 = target }
    }

    /// From now on signals are ignored: the container has ended, what is left is quick.
    func stop() {
        target.withLock { $0 = { _ in } }
    }
}
