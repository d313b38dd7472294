internal import EngineModel
internal import Primitives

extension Execution {
    /// Until a new container is healthy, if that is checked, and has run for `monitor`. It fails as soon as the container
    /// ends or is found unhealthy.
    func watch(_ name: String, _ monitor: Duration) throws(EngineError) {
        let container = try engine.container(name)
        let since = container.startedAt ?? container.created
        let proven = Instant(nanoseconds: since.nanoseconds + monitor.nanoseconds)
        var current = container
        while try !isProven(current, after: proven) {
            let isStarting = current.health == .starting
            var failure: EngineError?
            try engine.events(
                labels: projectLabel(of: container), since: since, until: isStarting ? nil : proven,
                cancellation: options.cancellation
            ) { event in
                guard event.type == "container", event.id == container.id else { return true }
                do throws(EngineError) {
                    current = try engine.container(container.id)
                    return try !isProven(current, after: proven) && (current.health == .starting) == isStarting
                } catch {
                    failure = error
                    return false
                }
            }
            if let failure { throw failure }
            if options.cancellation.isCancelled { throw EngineError(.cancelled, "container \(name)", "cancelled") }
        }
    }

    private func isProven(_ container: Container, after proven: Instant) throws(EngineError) -> Bool {
        func failed(_ reason: String) -> EngineError {
            EngineError(.startFailed, "", "update failed: container \(container.name) \(reason)")
        }
        switch container.state {
        case .exited, .restarting: throw failed("exited (\(container.exitCode))")
        case .created: throw failed("was not started")
        case .running, .paused: break
        }
        if container.restartCount > 0 { throw failed("was restarted") }
        switch container.health {
        case .unhealthy: throw failed("is unhealthy")
        case .starting: return false
        case .healthy, nil: return options.clock() >= proven
        }
    }

    /// Blocks for so long, or until the execution is cancelled.
    func pause(_ time: Duration) throws(EngineError) {
        let now = options.clock()
        let end = Instant(nanoseconds: now.nanoseconds + time.nanoseconds)
        try engine.events(labels: [:], since: now, until: end, cancellation: options.cancellation) { _ in true }
        if options.cancellation.isCancelled { throw EngineError(.cancelled, "", "cancelled") }
    }

    private func projectLabel(of container: Container) -> [String: String?] {
        [ProjectLabel.project: container.labels[ProjectLabel.project]]
    }
}
