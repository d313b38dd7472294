internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

extension CommandContext {
    /// A program without a health check that has not ended within half a second counts as running; docker compose looks
    /// for the first time after as long.
    private static let settlingNanoseconds: Int64 = 500_000_000

    /// `--wait`: until each container runs and, if it has a health check, is healthy. One that has ended with code 0 has
    /// done its work.
    ///
    /// - Parameter timeout: seconds; nil waits for ever.
    func waitUntilRunning(_ names: [String], timeout: Int?) throws {
        let engine = try engine()
        let display = progress("Waiting")
        defer { display.finish() }
        let deadline = timeout.map { Instant(nanoseconds: Instant.now().nanoseconds + Int64($0) * 1_000_000_000) }
        for name in names {
            display.report(ProgressItem("Container \(name)", "Waiting", .working))
            guard let outcome = try outcome(of: name, until: deadline, engine) else {
                throw CommandError("application not healthy after \(timeout ?? 0)s")
            }
            display.report(ProgressItem("Container \(name)", outcome, .done))
        }
    }

    /// The final state in words; nil if it is not reached before the deadline.
    private func outcome(of name: String, until deadline: Instant?, _ engine: any Engine) throws -> String? {
        let container = try engine.container(name)
        let label: [String: String?] = [ProjectLabel.project: container.labels[ProjectLabel.project]]
        while true {
            // Before the look, so that nothing that happens after it is missed.
            let now = Instant.now()
            let current = try engine.container(container.id)
            if let outcome = try Self.outcome(current) { return outcome }
            if let deadline, now >= deadline { return nil }
            let settled = Self.settles(current)
            try engine.events(
                labels: label, since: now, until: [deadline, settled].compactMap { $0 }.min(),
                cancellation: Cancellation()
            ) { $0.id != container.id }
        }
    }

    /// When a program that goes on running counts as running; nil if only an event can change the outcome.
    private static func settles(_ container: Container) -> Instant? {
        guard container.state == .running, container.health == nil, let start = container.startedAt else { return nil }
        return Instant(nanoseconds: start.nanoseconds + settlingNanoseconds)
    }

    /// The final state in words; nil while it is not reached.
    private static func outcome(_ container: Container) throws(CommandError) -> String? {
        switch container.state {
        case .exited:
            if container.exitCode == 0 { return "Exited" }
            throw CommandError("container \(container.name) exited (\(container.exitCode))")
        case .running: break
        case .created, .paused, .restarting: return nil
        }
        switch container.health {
        case nil: return settles(container).map { $0 <= Instant.now() } ?? true ? "Healthy" : nil
        case .healthy: return "Healthy"
        case .unhealthy: throw CommandError("container \(container.name) is unhealthy")
        case .starting: return nil
        }
    }
}
