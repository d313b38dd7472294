internal import ComposeModel
internal import Primitives

/// How the containers of a service are replaced (Compose `deploy.update_config`). A service without one is replaced as
/// docker compose does it: all at once, the old container stopped first, and nothing is watched.
struct UpdatePolicy: Equatable {
    /// What follows from a new container that fails.
    enum FailureAction: String {
        /// Those that were not replaced yet stay as they are.
        case pause
        /// The others are replaced all the same.
        case goOn = "continue"
        /// All containers of the service are the old ones again.
        case rollBack = "rollback"
    }

    /// Containers at a time; nil is all.
    var parallelism: Int?
    /// Between two batches.
    var delay: Duration
    /// How long a new container has to run before it counts, besides being healthy. Where its failure has consequences
    /// that is 5 s unless the file says otherwise, as in a swarm.
    var monitor: Duration
    var failureAction: FailureAction
    /// The old container goes when the new one can take its place (`start-first`).
    var startsFirst: Bool

    /// nil without a configuration.
    init?(_ config: UpdateConfig?) {
        guard let config else { return nil }
        let parallelism = config.parallelism ?? 1
        self.parallelism = parallelism == 0 ? nil : Int(clamping: parallelism)
        delay = config.delay ?? .zero
        failureAction = config.failureAction.flatMap { FailureAction(rawValue: $0) } ?? .pause
        startsFirst = config.order == "start-first"
        monitor = config.monitor ?? (startsFirst || config.failureAction != nil ? .seconds(5) : .zero)
    }

    /// `items` in batches of ``parallelism``.
    func batches<Item>(_ items: [Item]) -> [[Item]] {
        let size = max(parallelism ?? items.count, 1)
        return stride(from: 0, to: items.count, by: size).map { Array(items[$0..<min($0 + size, items.count)]) }
    }
}
