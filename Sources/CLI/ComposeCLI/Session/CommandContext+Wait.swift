internal import EngineModel
internal import LinuxSystem
internal import Primitives
internal import Reconciler
internal import TerminalUI

extension CommandContext {
    /// `--wait`: until each container runs and, if it has a health check, is healthy.
    ///
    /// - Parameters:
    ///   - completing: containers that others wait for to complete: they may end with code 0.
    ///   - timeout: seconds; nil waits for ever.
    func waitUntilRunning(_ names: [String], completing: Set<String>, timeout: Int?) throws {
        let engine = try engine()
        let display = progress("Waiting")
        defer { display.finish() }
        let cancellation = Cancellation()
        let deadline = timeout.map { Instant(nanoseconds: Instant.now().nanoseconds + Int64($0) * 1_000_000_000) }
        for name in names {
            display.report(ProgressItem("Container \(name)", "Waiting", .working))
            var outcome = try Self.outcome(try engine.container(name), completing: completing)
            if outcome == nil {
                let container = try engine.container(name)
                let label: [String: String?] = [ProjectLabel.project: container.labels[ProjectLabel.project]]
                var failure: (any Error)?
                try engine.events(
                    labels: label, since: container.startedAt ?? container.created, until: deadline,
                    cancellation: cancellation
                ) { event in
                    guard event.id == container.id else { return true }
                    do {
                        outcome = try Self.outcome(try engine.container(container.id), completing: completing)
                    } catch {
                        failure = error
                    }
                    return outcome == nil && failure == nil
                }
                if let failure { throw failure }
            }
            guard let outcome else { throw CommandError("application not healthy after \(timeout ?? 0)s") }
            display.report(ProgressItem("Container \(name)", outcome, .done))
        }
    }

    /// The final state in words; nil while it is not reached.
    private static func outcome(_ container: Container, completing: Set<String>) throws(CommandError) -> String? {
        switch container.state {
        case .exited:
            if completing.contains(container.name) && container.exitCode == 0 { return "Exited" }
            throw CommandError("container \(container.name) exited (\(container.exitCode))")
        case .running: break
        case .created, .paused, .restarting: return nil
        }
        switch container.health {
        case nil: return "Healthy"
        case .healthy: return "Healthy"
        case .unhealthy: throw CommandError("container \(container.name) is unhealthy")
        case .starting: return nil
        }
    }
}
